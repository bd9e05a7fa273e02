//! Smoke program: the topup order operations of a reseller, on the client that progenitor generates.
#![deny(warnings)]

mod api;

use std::{env, error::Error as StdError, time::Duration};

use api::{Client, Error, ResponseValue, types};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

type AnyError = Box<dyn StdError>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), AnyError> {
    let client = connect()?;
    let newest = list(&client).await?;
    let order = client.get_topup_order().id(newest).send().await?.into_inner();
    println!("order {}: {}, {} {}", order.id, order.status, order.amount, order.currency);

    let address = types::NotificationEmail::builder().email("customer@example.com");
    let stored = client.set_topup_order_notification_email().id(newest).body(address).send().await?;
    println!("e-mail: {}", stored.message);

    match client.get_topup_order().id(1).send().await {
        Err(Error::ErrorResponse(refused)) => {
            let (status, problem) = (refused.status().as_u16(), refused.into_inner().error);
            println!("error {status} {}: {}", problem.code.unwrap_or_default(), problem.message.unwrap_or_default());
        }
        other => return Err(format!("an error was expected, got {other:?}").into()),
    }

    let order = tokio::time::timeout(Duration::from_secs(600), wait(&client, newest)).await??;
    let completed = order.completed_at.map(|at| at.format(", completed %Y-%m-%dT%H:%M:%SZ").to_string());
    println!("final {}: {}{}", order.id, order.status, completed.unwrap_or_default());
    Ok(())
}

fn connect() -> Result<Client, AnyError> {
    let mut token = HeaderValue::from_str(&format!("Bearer {}", env::var("OCTOPUS_CARDS_TOKEN")?))?;
    token.set_sensitive(true);
    let http = reqwest::Client::builder()
        .default_headers(HeaderMap::from_iter([(AUTHORIZATION, token)]))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30));
    Ok(Client::new_with_client(&env::var("OCTOPUS_CARDS_BASE_URL")?, http.build()?))
}

/// List all pages by their headers (each may be missing) and return the id of the newest order.
async fn list(client: &Client) -> Result<i64, AnyError> {
    let mut newest = None;
    for page in 1u64.. {
        let orders = client.list_topup_orders().page(page).per_page(3u64).send().await?;
        let ids: Vec<String> = orders.iter().map(|order| order.id.to_string()).collect();
        println!("page {page} of {}: {}", header(&orders, "x-total-pages").unwrap_or("?"), ids.join(" "));
        newest = newest.or(orders.first().map(|order| order.id));
        let more = header(&orders, "x-has-more").map_or(orders.len() == 3, |value| value == "true");
        if !more {
            return newest.ok_or("there is no order".into());
        }
    }
    unreachable!("the page numbers are unbounded")
}

fn header<'a, T>(response: &'a ResponseValue<T>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

async fn wait(client: &Client, id: i64) -> Result<types::TopupOrder, AnyError> {
    let seconds = env::var("POLL_SECONDS").unwrap_or("5".into()).parse()?;
    loop {
        let order = client.get_topup_order().id(id).send().await?.into_inner();
        if order.completed_at.is_some() || ["DELIVERED", "FAILED", "CANCELLED"].contains(&order.status.as_str()) {
            return Ok(order);
        }
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }
}
