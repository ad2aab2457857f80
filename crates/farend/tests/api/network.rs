//! How the world reaches the server.

use serde_json::{Value, json};

use super::company::Company;

#[tokio::test]
async fn administrators_see_what_is_known_and_null_stands_for_what_is_not() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let picture = company.ask(&admin, "GET", "/api/v1/network", Value::Null).await.json();
    assert_eq!(
        picture,
        json!({
            "tcp_port": 0, "udp_port": 0, "interfaces": [], "stated": [], "public_host": null, "public_addresses": [], "pages": [],
            "stun": { "mode": "automatic", "asks": false, "servers": [] }, "nat": [], "probing": false
        })
    );
}

#[tokio::test]
async fn without_a_server_to_ask_the_router_cannot_be_looked_at() {
    let company = Company::new().await;
    let admin = company.sign_in("admin").await;
    let answer = company.ask(&admin, "POST", "/api/v1/network/probe", Value::Null).await;
    assert_eq!(answer.problem(), (409, "nobody-to-ask".to_owned()));
}
