package com.example;

import com.example.octopus.ApiClient;
import com.example.octopus.ApiException;
import com.example.octopus.ApiResponse;
import com.example.octopus.JSON;
import com.example.octopus.api.TopupOrdersApi;
import com.example.octopus.model.ErrorEnvelope;
import com.example.octopus.model.NewTopupOrder;
import com.example.octopus.model.NotificationEmail;
import com.example.octopus.model.TopupOrder;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Smoke program: the topup order operations of a reseller, on the client that OpenAPI Generator generates. */
public final class Smoke {
    private static final Set<String> FINAL = Set.of("DELIVERED", "FAILED", "CANCELLED");
    private static final Pattern DUPLICATE = Pattern.compile("(?i)duplicate.*client_reference");

    public static void main(String[] args) throws Exception {
        var client = new ApiClient();
        client.updateBaseUri(System.getenv("OCTOPUS_CARDS_BASE_URL"));
        var token = System.getenv("OCTOPUS_CARDS_TOKEN");
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        client.setConnectTimeout(Duration.ofSeconds(10));
        client.setReadTimeout(Duration.ofSeconds(30));
        var orders = new TopupOrdersApi(client);

        var newest = list(orders).get(0).getId();
        var order = orders.getTopupOrder(newest, null);
        var amount = order.getAmount().toPlainString();
        System.out.printf("order %d: %s, %s %s%n", newest, order.getStatus(), amount, order.getCurrency());

        var address = new NotificationEmail().email("customer@example.com");
        var stored = orders.setTopupOrderNotificationEmail(newest, address, null);
        System.out.println("e-mail: " + stored.getMessage());

        try {
            orders.getTopupOrder(1L, null);
        } catch (ApiException refused) {
            var problem = envelope(refused).getError();
            System.out.printf("error %d %s: %s%n", refused.getCode(), problem.getCode(), problem.getMessage());
        }

        var seconds = Double.parseDouble(System.getenv().getOrDefault("POLL_SECONDS", "5"));
        var deadline = Instant.now().plusSeconds(600);
        while (order.getCompletedAt() == null && !FINAL.contains(order.getStatus())) {
            if (Instant.now().isAfter(deadline)) throw new IllegalStateException("still " + order.getStatus());
            Thread.sleep((long) (seconds * 1000));
            order = orders.getTopupOrder(newest, null);
        }
        var at = order.getCompletedAt();
        var completed = at == null ? "" : ", completed " + at.toInstant().truncatedTo(ChronoUnit.SECONDS);
        System.out.printf("final %d: %s%s%n", newest, order.getStatus(), completed);

        // A reference of the purchase, stored with it before the first attempt, prevents a second order.
        var purchase = new NewTopupOrder().productId(4218).amount(new BigDecimal("4.99"))
                .inputData(Map.of("player_id", "5123456789", "server", "asia")).clientReference("PURCHASE-0001");
        order = place(orders, purchase, seconds);
        amount = order.getAmount().toPlainString();
        var reference = order.getClientReference();
        System.out.printf("placed %s: %s, %s %s%n", reference, order.getStatus(), amount, order.getCurrency());
    }

    /** Send the same request until the server accepts it or refuses it as a duplicate of a lost attempt. */
    private static TopupOrder place(TopupOrdersApi orders, NewTopupOrder purchase, double seconds) throws Exception {
        var lost = false;
        for (var attempt = 1; attempt <= 8; attempt++) {
            try {
                return orders.createTopupOrder(purchase, null);
            } catch (ApiException error) {
                if (error.getCode() < 400 || error.getCode() >= 500) {
                    lost = true; // the order may exist
                } else if (!lost && !isDuplicate(error)) {
                    throw error;
                } else {
                    var order = find(orders, purchase.getClientReference());
                    if (order != null && !purchase.getInputData().equals(order.getInputData()))
                        throw new IllegalStateException("the reference belongs to another purchase: " + order.getId());
                    if (order != null) return order;
                }
            }
            Thread.sleep((long) (seconds * 1000));
        }
        throw new IllegalStateException("unknown, try again later: " + purchase.getClientReference());
    }

    private static boolean isDuplicate(ApiException error) throws Exception {
        return error.getCode() == 400 && DUPLICATE.matcher(String.valueOf(envelope(error).getError().getMessage())).find();
    }

    /** Return the order with a reference, or null if the list does not show it (yet). */
    private static TopupOrder find(TopupOrdersApi orders, String reference) throws ApiException {
        var listed = orders.listTopupOrders(null, null, null, null, null, reference, null);
        // The list may omit the recipient.
        return listed.isEmpty() ? null : orders.getTopupOrder(listed.get(0).getId(), null);
    }

    private static ErrorEnvelope envelope(ApiException error) throws Exception {
        return JSON.getDefault().getMapper().readValue(error.getResponseBody(), ErrorEnvelope.class);
    }

    /** List all pages by their headers (each may be missing) and return their orders, newest first. */
    private static List<TopupOrder> list(TopupOrdersApi orders) throws ApiException {
        var all = new ArrayList<TopupOrder>();
        var page = 0;
        ApiResponse<List<TopupOrder>> response;
        do {
            response = orders.listTopupOrdersWithHttpInfo(++page, 3, null, null, null, null, null);
            all.addAll(response.getData());
            var ids = response.getData().stream().map(o -> o.getId().toString()).collect(Collectors.joining(" "));
            System.out.printf("page %d of %s: %s%n", page, header(response, "x-total-pages", "?"), ids);
        } while (header(response, "x-has-more", response.getData().size() == 3 ? "true" : "false").equals("true"));
        return all;
    }

    private static String header(ApiResponse<?> response, String name, String otherwise) {
        return response.getHeaders().getOrDefault(name, List.of(otherwise)).get(0);
    }
}
