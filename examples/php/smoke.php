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
use Octopus\Model\NotificationEmail;
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

/** Quote the amounts in a response, because json_decode would round them. */
function withExactMoney(ResponseInterface $response): ResponseInterface
{
    $json = preg_replace('/("amount":\s*)([-+.\deE]+)/', '$1"$2"', (string) $response->getBody());
    return $response->withBody(Utils::streamFor($json));
}

$configuration = (new Configuration())
    ->setHost(getenv('OCTOPUS_CARDS_BASE_URL'))
    ->setAccessToken(getenv('OCTOPUS_CARDS_TOKEN'));
$handler = HandlerStack::create();
$handler->push(Middleware::mapResponse(withExactMoney(...)));
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
