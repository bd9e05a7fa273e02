// What a reseller does with topup orders, on the client that oapi-codegen makes of the contract.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"slices"
	"time"

	api "example.com/octopus-cards-tour/generated/octopus"
)

func main() {
	ctx := context.Background()
	authorize := api.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("OCTOPUS_CARDS_TOKEN"))
		return nil
	})
	patient := api.WithHTTPClient(&http.Client{Timeout: 30 * time.Second})
	client := must(api.NewClientWithResponses(os.Getenv("OCTOPUS_CARDS_BASE_URL"), authorize, patient))
	newest := list(ctx, client)
	read := must(client.GetTopupOrderWithResponse(ctx, newest, nil))
	order := body(read.JSON200, read)
	fmt.Printf("order %d: %s, %s %s\n", order.Id, order.Status, order.Amount, order.Currency)

	address := api.NotificationEmail{Email: "customer@example.com"}
	stored := must(client.SetTopupOrderNotificationEmailWithResponse(ctx, newest, nil, address))
	fmt.Println("e-mail:", body(stored.JSON200, stored).Message)

	refused := must(client.GetTopupOrderWithResponse(ctx, 1, nil))
	problem := body(refused.JSON404, refused).Error
	fmt.Printf("error %d %s: %s\n", refused.StatusCode(), value(problem.Code), value(problem.Message))

	pause := must(time.ParseDuration(cmp.Or(os.Getenv("POLL_SECONDS"), "5") + "s"))
	for order.CompletedAt == nil && !slices.Contains([]string{"DELIVERED", "FAILED", "CANCELLED"}, order.Status) {
		time.Sleep(pause)
		read = must(client.GetTopupOrderWithResponse(ctx, newest, nil))
		order = body(read.JSON200, read)
	}
	fmt.Printf("final %d: %s, completed %s\n", order.Id, order.Status, value(order.CompletedAt).UTC().Format(time.RFC3339))
}

// list goes through all pages, as their headers say, and gives the id of the newest order.
func list(ctx context.Context, client *api.ClientWithResponses) (newest int64) {
	for page, more := 1, true; more; page++ {
		answer := must(client.ListTopupOrdersWithResponse(ctx, &api.ListTopupOrdersParams{Page: &page, PerPage: new(3)}))
		orders, headers := body(answer.JSON200, answer), value(answer.Headers200)
		fmt.Printf("page %d of %d:", value(headers.XPage), value(headers.XTotalPages))
		for _, order := range orders {
			fmt.Print(" ", order.Id)
			newest = max(newest, order.Id)
		}
		fmt.Println()
		more = value(headers.XHasMore)
	}
	return newest
}

// body is what an answer holds if it has the status that this body is for.
func body[T any](held *T, answer interface{ Status() string }) T {
	if held == nil {
		log.Fatal("unexpected answer: ", answer.Status())
	}
	return *held
}

// value is what an optional field or header holds, or the zero of its type: each may be missing.
func value[T any](optional *T) T { return *cmp.Or(optional, new(T)) }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
