//! Smoke program: the topup order operations of a reseller, on the client that progenitor generates.
#![deny(warnings)]

mod api;

use std::{env, error::Error as StdError, time::Duration};

use api::{Client, Error, ResponseValue, types};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use rust_decimal::Decimal;
use serde_json::Map;

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

    // A reference of the purchase, stored with it before the first attempt, prevents a second order.
    let reference = "PURCHASE-0001";
    let recipient = [("player_id", "5123456789"), ("server", "asia")];
    let purchase = types::NewTopupOrder::builder()
        .product_id(4218)
        .amount(Decimal::new(499, 2))
        .input_data(Map::from_iter(recipient.map(|(name, value)| (name.into(), value.into()))))
        .client_reference(reference.parse::<types::NewTopupOrderClientReference>()?)
        .try_into()?;
    let order = place(&client, &purchase, reference).await?;
    println!("placed {reference}: {}, {} {}", order.status, order.amount, order.currency);
    Ok(())
}

/// Send the same request until the server accepts it or refuses it as a duplicate of a lost attempt.
async fn place(
    client: &Client,
    purchase: &types::NewTopupOrder,
    reference: &str,
) -> Result<types::TopupOrder, AnyError> {
    let mut lost = false;
    for _ in 0..8 {
        match client.create_topup_order().body(purchase.clone()).send().await {
            Ok(created) => return Ok(created.into_inner()),
            Err(Error::ErrorResponse(refused)) if refused.status().is_client_error() => {
                let message = refused.into_inner().error.message.unwrap_or_default();
                if !lost && !message.to_lowercase().contains("duplicate client_reference") {
                    return Err(format!("not ordered: {message}").into());
                }
                if let Some(order) = find(client, reference).await? {
                    if order.input_data != purchase.input_data {
                        return Err(format!("the reference belongs to another purchase: {}", order.id).into());
                    }
                    return Ok(order);
                }
            }
            Err(_) => lost = true, // the order may exist
        }
        tokio::time::sleep(pause()?).await;
    }
    Err(format!("unknown, try again later: {reference}").into())
}

/// Return the order with a reference, or nothing if the list does not show it (yet).
async fn find(client: &Client, reference: &str) -> Result<Option<types::TopupOrder>, AnyError> {
    let listed = client.list_topup_orders().client_reference(reference).send().await?;
    let Some(order) = listed.first() else { return Ok(None) };
    // The list may omit the recipient.
    Ok(Some(client.get_topup_order().id(order.id).send().await?.into_inner()))
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
    loop {
        let order = client.get_topup_order().id(id).send().await?.into_inner();
        if order.completed_at.is_some() || ["DELIVERED", "FAILED", "CANCELLED"].contains(&order.status.as_str()) {
            return Ok(order);
        }
        tokio::time::sleep(pause()?).await;
    }
}

fn pause() -> Result<Duration, AnyError> {
    Ok(Duration::from_secs_f64(env::var("POLL_SECONDS").unwrap_or("5".into()).parse()?))
}
