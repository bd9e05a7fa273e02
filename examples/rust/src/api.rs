//! The client, generated when this crate is built.
#![allow(warnings)] // what is generated is not ours to lint

progenitor::generate_api!(
    spec = "../../spec/openapi.yaml",
    interface = Builder,
    replace = { Money = rust_decimal::Decimal }, // with the digits of the wire: see Cargo.toml
);
