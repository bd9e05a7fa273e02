// Smoke program: the topup order operations of a reseller, on the client that oapi-codegen generates.
package main

import (
	"cmp"
	"context"
	api "example.com/octopus-cards-smoke/generated/octopus"
	"fmt"
	"github.com/shopspring/decimal"
	"log"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"time"
)

func main() {
	decimal.MarshalJSONWithoutQuotes = true // the API expects JSON numbers
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	authorize := api.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("OCTOPUS_CARDS_TOKEN"))
		return nil
	})
	noRedirect := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // protects the token
	transport := api.WithHTTPClient(&http.Client{Timeout: 30 * time.Second, CheckRedirect: noRedirect})
	client := must(api.NewClientWithResponses(os.Getenv("OCTOPUS_CARDS_BASE_URL"), authorize, transport))
	newest := list(ctx, client)
	read := must(client.GetTopupOrderWithResponse(ctx, newest, nil))
	order := body(read.JSON200, read)
	fmt.Printf("order %d: %s, %s %s\n", order.Id, order.Status, order.Amount, order.Currency)
	address := api.NotificationEmail{Email: "customer@example.com"}
	stored := must(client.SetTopupOrderNotificationEmailWithResponse(ctx, newest, nil, address))
	fmt.Println("e-mail:", body(stored.JSON200, stored).Message)
	refused := must(client.GetTopupOrderWithResponse(ctx, 1, nil))
	problem := body(refused.JSON404, refused).Error
	fmt.Printf("error %d %s: %s\n", refused.StatusCode(), or(problem.Code, "?"), or(problem.Message, "?"))
	pause := must(time.ParseDuration(cmp.Or(os.Getenv("POLL_SECONDS"), "5") + "s"))
	for order.CompletedAt == nil && !slices.Contains([]string{"DELIVERED", "FAILED", "CANCELLED"}, order.Status) {
		time.Sleep(pause)
		read = must(client.GetTopupOrderWithResponse(ctx, newest, nil))
		order = body(read.JSON200, read)
	}
	completed := ""
	if order.CompletedAt != nil {
		completed = ", completed " + order.CompletedAt.UTC().Format(time.RFC3339)
	}
	fmt.Printf("final %d: %s%s\n", order.Id, order.Status, completed)
	// A reference of the purchase, stored with it before the first attempt, prevents a second order.
	reference, recipient := "PURCHASE-0001", map[string]any{"player_id": "5123456789", "server": "asia"}
	purchase := api.NewTopupOrder{
		ProductId: 4218, Amount: decimal.RequireFromString("4.99"), InputData: &recipient, ClientReference: &reference,
	}
	order = place(ctx, client, purchase, pause)
	fmt.Printf("placed %s: %s, %s %s\n", reference, order.Status, order.Amount, order.Currency)
}

// place sends the same request until the server accepts it or refuses it as a duplicate of a lost attempt.
func place(
	ctx context.Context, client *api.ClientWithResponses, purchase api.NewTopupOrder, pause time.Duration,
) api.TopupOrder {
	duplicate := regexp.MustCompile("(?i)duplicate.*client_reference")
	for lost, attempt := false, 1; attempt <= 8; attempt++ {
		made, err := client.CreateTopupOrderWithResponse(ctx, nil, purchase)
		if err != nil || made.StatusCode() >= 500 {
			lost = true // the order may exist
		} else if created := cmp.Or(made.JSON200, made.JSON201); created != nil {
			return *created
		} else if !lost && (made.JSON400 == nil || !duplicate.MatchString(or(made.JSON400.Error.Message, ""))) {
			log.Fatal("not ordered: ", made.Status())
		} else if found := find(ctx, client, *purchase.ClientReference); found != nil {
			if !reflect.DeepEqual(found.InputData, purchase.InputData) {
				log.Fatal("the reference belongs to another purchase: ", found.Id)
			}
			return *found
		}
		time.Sleep(pause)
	}
	log.Fatal("unknown, try again later: ", *purchase.ClientReference)
	return api.TopupOrder{}
}

// find returns the order with a reference, or nil if the list does not show it (yet).
func find(ctx context.Context, client *api.ClientWithResponses, reference string) *api.TopupOrder {
	listed := must(client.ListTopupOrdersWithResponse(ctx, &api.ListTopupOrdersParams{ClientReference: &reference}))
	orders := body(listed.JSON200, listed)
	if len(orders) == 0 {
		return nil
	}
	read := must(client.GetTopupOrderWithResponse(ctx, orders[0].Id, nil)) // the list may omit the recipient
	order := body(read.JSON200, read)
	return &order
}

// list reads all pages by their headers (each may be missing) and returns the id of the newest order.
func list(ctx context.Context, client *api.ClientWithResponses) (newest int64) {
	for page, perPage, more := 1, 3, true; more; page++ {
		response := must(client.ListTopupOrdersWithResponse(ctx, &api.ListTopupOrdersParams{Page: &page, PerPage: &perPage}))
		orders, headers := body(response.JSON200, response), response.Headers200
		fmt.Printf("page %d of %d:", page, or(headers.XTotalPages, 0))
		for _, order := range orders {
			fmt.Print(" ", order.Id)
			newest = max(newest, order.Id)
		}
		fmt.Println()
		more = or(headers.XHasMore, len(orders) == perPage)
	}
	return newest
}

func body[T any](value *T, response interface{ Status() string }) T {
	if value == nil {
		log.Fatal("unexpected response: ", response.Status())
	}
	return *value
}

func or[T any](optional *T, otherwise T) T { return *cmp.Or(optional, &otherwise) }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
