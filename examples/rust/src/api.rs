//! The client, generated when this crate is built.

progenitor::generate_api!(
    spec = "../../spec/openapi.yaml",
    interface = Builder,
    replace = { Money = rust_decimal::Decimal }, // with the digits of the wire: see Cargo.toml
);
