package com.example;

import com.example.octopus.ApiClient;
import com.example.octopus.ApiException;
import com.example.octopus.ApiResponse;
import com.example.octopus.JSON;
import com.example.octopus.api.TopupOrdersApi;
import com.example.octopus.model.ErrorEnvelope;
import com.example.octopus.model.NotificationEmail;
import com.example.octopus.model.TopupOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Smoke program: the topup order operations of a reseller, on the client that OpenAPI Generator generates. */
public final class Smoke {
    private static final Set<String> FINAL = Set.of("DELIVERED", "FAILED", "CANCELLED");

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
            var json = JSON.getDefault().getMapper();
            var problem = json.readValue(refused.getResponseBody(), ErrorEnvelope.class).getError();
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
