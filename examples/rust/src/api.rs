//! The client, which this macro generates during the build.

progenitor::generate_api!(
    spec = "../../spec/openapi.yaml",
    interface = Builder,
    replace = { Money = rust_decimal::Decimal }, // preserves all digits: see Cargo.toml
);
