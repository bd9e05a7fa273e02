//! The client, which this macro generates during the build.

progenitor::generate_api!(
    spec = "../../spec/openapi.yaml",
    interface = Builder,
    // Preserves all digits: see Cargo.toml.
    replace = { Money = rust_decimal::Decimal, NewAmount = rust_decimal::Decimal },
);
