<?php

// Smoke program: the topup order operations of a reseller, on the client that OpenAPI Generator generates.

declare(strict_types=1);

require __DIR__ . '/autoload.php';

use GuzzleHttp\Client;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Middleware;
use GuzzleHttp\Psr7\Utils;
use Octopus\Api\TopupOrdersApi;
use Octopus\ApiException;
use Octopus\Configuration;
use Octopus\Model\NewTopupOrder;
use Octopus\Model\NotificationEmail;
use Octopus\Model\TopupOrder;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;

const FINAL_STATUSES = ['DELIVERED', 'FAILED', 'CANCELLED'];

// Turn notices into errors: with money, every mistake counts.
set_error_handler(fn (int $severity, string $message, string $file, int $line) =>
    throw new ErrorException($message, 0, $severity, $file, $line));

/** List all pages by their headers (each may be missing) and return the ids, newest order first. */
function list_ids(TopupOrdersApi $orders): array
{
    $all = [];
    for ($page = 1, $more = true; $more; $page++) {
        [$found, , $headers] = $orders->listTopupOrdersWithHttpInfo($page, 3);
        $headers = array_change_key_case($headers);
        $ids = array_map(fn ($order) => $order->getId(), $found);
        printf("page %d of %s: %s\n", $page, $headers['x-total-pages'][0] ?? '?', implode(' ', $ids));
        array_push($all, ...$ids);
        $more = isset($headers['x-has-more']) ? $headers['x-has-more'][0] === 'true' : count($found) === 3;
    }
    return $all;
}

/** Quote money in a response, because json_decode would round it. */
function withExactMoney(ResponseInterface $response): ResponseInterface
{
    $money = '/("\w*(?:amount|total|payable|discount|rate|fee)":\s*)([-+.\deE]+)/';
    $json = preg_replace($money, '$1"$2"', (string) $response->getBody());
    return $response->withBody(Utils::streamFor($json));
}

/** Send the amount of a request as a JSON number. */
function withNumericMoney(RequestInterface $request): RequestInterface
{
    $json = preg_replace('/("amount":\s*)"([.\d]+)"/', '$1$2', (string) $request->getBody());
    return $request->withBody(Utils::streamFor($json));
}

/** Send the same request until the server accepts it or refuses it as a duplicate of a lost attempt. */
function place(TopupOrdersApi $orders, NewTopupOrder $purchase, float $seconds): TopupOrder
{
    for ($lost = false, $attempt = 1; $attempt <= 8; $attempt++) {
        try {
            return $orders->createTopupOrder($purchase);
        } catch (ApiException $error) {
            $message = $error->getResponseObject()?->getError()->getMessage() ?? '';
            if ($error->getCode() < 400 || $error->getCode() >= 500) {
                $lost = true; // the order may exist
            } elseif (!$lost && !preg_match('/duplicate.*client_reference/i', $message)) {
                throw $error;
            } elseif ($order = find($orders, $purchase->getClientReference())) {
                (array) $order->getInputData() == $purchase->getInputData()
                    || throw new RuntimeException("the reference belongs to another purchase: {$order->getId()}");
                return $order;
            }
        }
        usleep((int) ($seconds * 1e6));
    }
    throw new RuntimeException("unknown, try again later: {$purchase->getClientReference()}");
}

/** Return the order with a reference, or null if the list does not show it (yet). */
function find(TopupOrdersApi $orders, string $reference): ?TopupOrder
{
    $listed = $orders->listTopupOrders(client_reference: $reference);
    return $listed ? $orders->getTopupOrder($listed[0]->getId()) : null; // the list may omit the recipient
}

$configuration = (new Configuration())
    ->setHost(getenv('OCTOPUS_CARDS_BASE_URL'))
    ->setAccessToken(getenv('OCTOPUS_CARDS_TOKEN'));
$handler = HandlerStack::create();
$handler->push(Middleware::mapResponse(withExactMoney(...)));
$handler->unshift(Middleware::mapRequest(withNumericMoney(...)));
$http = new Client([
    'handler' => $handler, 'timeout' => 30, 'connect_timeout' => 10, 'allow_redirects' => false,
]);
$orders = new TopupOrdersApi($http, $configuration);

$newest = list_ids($orders)[0];
$order = $orders->getTopupOrder($newest);
echo "order $newest: {$order->getStatus()}, {$order->getAmount()} {$order->getCurrency()}\n";

$address = (new NotificationEmail())->setEmail('customer@example.com');
echo "e-mail: {$orders->setTopupOrderNotificationEmail($newest, $address)->getMessage()}\n";

try {
    $orders->getTopupOrder(1);
} catch (ApiException $refused) {
    $problem = $refused->getResponseObject()->getError();
    echo "error {$refused->getCode()} {$problem->getCode()}: {$problem->getMessage()}\n";
}

$seconds = (float) (getenv('POLL_SECONDS') ?: 5);
$deadline = time() + 600;
while ($order->getCompletedAt() === null && !in_array($order->getStatus(), FINAL_STATUSES, true)) {
    time() < $deadline || throw new RuntimeException("still {$order->getStatus()}");
    usleep((int) ($seconds * 1e6));
    $order = $orders->getTopupOrder($newest);
}
$completed = $order->getCompletedAt()?->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z');
echo "final $newest: {$order->getStatus()}", $completed ? ", completed $completed\n" : "\n";

// A reference of the purchase, stored with it before the first attempt, prevents a second order.
$purchase = (new NewTopupOrder())->setProductId(4218)->setAmount('4.99')->setClientReference('PURCHASE-0001')
    ->setInputData(['player_id' => '5123456789', 'server' => 'asia']);
$order = place($orders, $purchase, $seconds);
echo "placed {$order->getClientReference()}: {$order->getStatus()}, {$order->getAmount()} {$order->getCurrency()}\n";
