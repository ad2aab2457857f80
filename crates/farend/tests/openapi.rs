//! The OpenAPI document is a snapshot: clients are generated from it, so it must not lag behind the handlers.

use std::path::Path;

#[test]
fn openapi_document_is_what_the_handlers_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let current = farend::api::openapi_json();
    if std::env::var_os("FAREND_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, &current).expect("the crate's folder can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == current,
        "crates/farend/openapi.json lags behind the handlers: run `make openapi`"
    );
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: serde_json::Value = serde_json::from_str(&farend::api::openapi_json()).expect("JSON");
    let operations = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|path| path.as_object().expect("a path").values());
    let names: Vec<&str> = operations
        .map(|operation| operation["operationId"].as_str().expect("a name"))
        .collect();
    let distinct: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert!(names.len() >= 19 && distinct.len() == names.len(), "{names:?}");
}
