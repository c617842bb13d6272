package jobs_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// collidingNames are what somebody, somewhere, calls an account, an order, an invoice, a
// request or an exchange: a number of ours, one name in two cases, a path, a list.
var collidingNames = []string{
	"INV-2026-000001", "INV-2026-000002", "INV-2026-000001-R1", "inv-2026-000001", "CN-2026-000001", "SET-2026-000001", "EXP-2026-000001", "CHG-2026-000001",
	"A-17", "a-17", "A-17-R1", "A/17", "../A-17", "A#1", "INV-2026-000001#1", "A 17", "A;17", "A,17", "A:17", "=A17", "@A17", "A\"17", "<A>", "Å-17",
	"\u65e5\u672c", "..", "A\n17", "17", "017", "1e3", "2026-01-01", "-R1", strings.Repeat("A", 190), "#1!2", "(A)", "Total", "n/a",
}

// cells are a row of a file, by column.
type cells map[string]string

// collision is a biller whose files call everything by the same few names.
type collision struct {
	*rand.Rand
	t                  *testing.T
	asOf               money.Date
	policies           policy.Chain
	seller             exporters.Seller
	inbox, out, ledger string

	names    []string
	said     map[string]bool // names as they were used, and what of
	issued   map[string]int  // numbers
	accounts []cells
	orders   []cells
	requests []cells
	files    map[string][]cells // of tonight, by kind
	brought  int64              // rows of Opening that used a thousand of a limit
}

func newCollision(t *testing.T, seed uint64) *collision {
	t.Helper()
	c := &collision{Rand: rand.New(rand.NewPCG(seed, 2)), t: t, inbox: t.TempDir(), out: t.TempDir(), said: map[string]bool{}, issued: map[string]int{}}
	c.ledger = filepath.Join(c.out, "ledger.db")
	c.asOf = money.DateOf(2026, 2, 1) + money.Date(c.IntN(300))
	for range 4 + c.IntN(8) {
		c.names = append(c.names, one(c, collidingNames[:1+c.IntN(len(collidingNames))]...))
	}
	for _, id := range one(c, []string{"azure-2020"}, []string{"azure-2023"}, []string{"observed-2023"}, []string{"azure-2020", "azure-2023"}) {
		p, err := policy.Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		c.policies = append(c.policies, policy.Link{Policy: p})
	}
	if len(c.policies) > 1 {
		c.policies[1].From = c.asOf - money.Date(c.IntN(20))
	}
	if c.chance(70) { // else it issues no e-invoices
		c.seller = exporters.Seller{Name: "Exempel Moln AB", Address: "Gatan 1", PostalCode: "111 22", City: "Stockholm", Country: "SE", VATNumber: "SE556732170701",
			CompanyID: "5567321707", Endpoint: "0007:5567321707", Contact: "Anna", Email: "a@example.com", Phone: "08-1"}
	}
	for range 2 + c.IntN(3) {
		c.accounts = append(c.accounts, c.account())
	}
	return c
}

func (c *collision) chance(percent int) bool { return c.IntN(100) < percent }

func one[T any](c *collision, of ...T) T { return of[c.IntN(len(of))] }

// name is one of the few, and mostly one that nothing of its kind has yet.
func (c *collision) name(kind string) string {
	name := one(c, c.names...)
	if c.said[kind+" "+name] && c.chance(90) {
		name += fmt.Sprint("-", len(c.said))
	}
	c.said[kind+" "+name], c.said[name], c.said[strings.Join(strings.Fields(name), " ")] = true, true, true
	return name
}

func (c *collision) day(before int) string { return (c.asOf - money.Date(before)).String() }

// usDay is a day as the vendor's exports have it.
func usDay(iso string) string { return iso[5:7] + "/" + iso[8:] + "/" + iso[:4] }

// amount is above 1,000 where it has three decimals: less could be read two ways.
func (c *collision) amount(currency string) string {
	switch n := 1 + c.IntN(900000); currency {
	case "JPY":
		return fmt.Sprint(n)
	case "KWD":
		return fmt.Sprintf("%d.%03d", 1000+n/1000, n%1000)
	default:
		return fmt.Sprintf("%d.%02d", n/100, n%100)
	}
}

func (c *collision) row(kind string, x cells) { c.files[kind] = append(c.files[kind], x) }

func (c *collision) account() cells {
	a := cells{"BillingAccountId": c.name("account"), "Name": one(c, "Åkes Bygg AB", "=cmd"), "BillingType": one(c, "EA", "EA", "PAYG-Invoice", "PAYG-Card", "CSP"),
		"Currency": one(c, "USD", "USD", "SEK", "JPY", "KWD"), "Country": one(c, "SE", "DE", ""), "TaxRate": one(c, "25", "0", ""), "RefundTo": one(c, "", "Payout"),
		"Address": "Storgatan 1", "City": "Malmö", "PostalCode": "211 34", "EndpointId": one(c, "", "0007:5567321707"), "BuyerReference": "KST"}
	switch a["BillingType"] {
	case "EA":
		a["CommitmentStart"], a["CommitmentEnd"], a["Cloud"] = c.day(400), c.day(-one(c, 20, 400, 2000)), one(c, "", "", "", "", "USGovernment")
	case "PAYG-Card":
		a["CardRef"] = one(c, "tok_1", "tok_1", "tok_2")
	}
	return a
}

// buys is an order, on a sheet or an export, and mostly its invoice.
func (c *collision) buys() {
	a := one(c, c.accounts...)
	o := cells{"ReservationOrderId": c.name("order"), "BillingAccountId": a["BillingAccountId"], "PurchaseDate": c.day(c.IntN(60)), "Term": one(c, "P1Y", "P3Y"),
		"BillingPlan": one(c, "Upfront", "Upfront", "Monthly"), "ProductType": "VirtualMachines", "Sku": "Standard_F1", "Region": "swedencentral", "Quantity": fmt.Sprint(1 + c.IntN(4)),
		"Currency": a["Currency"]}
	if c.chance(15) {
		o["Currency"] = one(c, "USD", "SEK", "JPY")
	}
	o["Amount"] = c.amount(o["Currency"])
	if c.chance(40) {
		o["Invoice"] = c.name("named by " + a["BillingAccountId"])
	}
	if a["BillingType"] == "EA" {
		o["Funding"] = one(c, "Overage", "Overage", "Prepayment", "")
	}
	c.orders = append(c.orders, o)
	if c.chance(20) {
		c.exported(o, "Purchase", o["Amount"], o["PurchaseDate"])
	} else {
		c.row("reservations", o)
	}
	if c.chance(80) {
		c.invoice(o)
	}
}

// invoice is one of the register, with a second line now and then.
func (c *collision) invoice(o cells) {
	number, open := c.name("invoice of "+o["BillingAccountId"]), one(c, "", "", "0", "12")
	for i := range 1 + c.IntN(2) {
		order := o["ReservationOrderId"]
		if i > 0 {
			order = one(c, "", order, c.name("any"))
		}
		c.row("invoices", cells{"InvoiceNumber": number, "BillingAccountId": o["BillingAccountId"], "IssueDate": o["PurchaseDate"], "Currency": o["Currency"], "LineNo": fmt.Sprint(i + 1),
			"Description": "=1+1;x", "ReservationOrderId": order, "NetAmount": o["Amount"], "TaxRate": one(c, "25", ""), "OpenAmount": open})
	}
}

// exported is a row of a vendor's export: a purchase, or what the vendor credited.
func (c *collision) exported(o cells, event, amount, on string) {
	x := cells{"Amount": amount, "ArmSkuName": o["Sku"], "BillingFrequency": "OneTime", "Currency": o["Currency"], "Description": "Reserved VM Instance, " + o["Sku"],
		"EventDate": usDay(on), "EventType": event, "Quantity": o["Quantity"], "Region": o["Region"], "ReservationOrderId": o["ReservationOrderId"], "Term": o["Term"]}
	switch c.IntN(3) {
	case 0:
		x["CurrentEnrollmentId"] = o["BillingAccountId"]
		c.row("ea", x)
	case 1:
		x["BillingProfileId"], x["InvoiceId"] = o["BillingAccountId"], c.name("any")
		c.row("mca", x)
	default:
		c.row("partner", cells{"PartnerId": "P", "CustomerId": o["BillingAccountId"], "CustomerName": "X", "InvoiceNumber": c.name("any"), "OrderDate": x["EventDate"],
			"ProductName": "Reserved VM Instance, Standard_F1, EU West, 1 Year", "ChargeType": one(c, "New", "Cancel"), "Quantity": o["Quantity"], "Subtotal": amount, "Total": amount,
			"Currency": o["Currency"], "ChargeStartDate": x["EventDate"], "TermAndBillingCycle": "1 Year", "BillingFrequency": "OneTime", "ReservationOrderId": o["ReservationOrderId"]})
	}
}

// asks is a refund, an exchange, a transfer, or that one of them is taken back.
func (c *collision) asks() {
	o, on := one(c, c.orders...), c.day(c.IntN(8))
	request := func(action, exchange, order, units string, more cells) {
		x := cells{"RequestId": c.name("request"), "RequestDate": on, "Action": action, "ExchangeId": exchange, "ReservationOrderId": order, "Quantity": units, "RequestedBy": "anna",
			"RequesterRole": "Owner", "Reason": "bought twice"}
		for column, cell := range more {
			x[column] = cell
		}
		c.requests = append(c.requests, x)
		c.row("requests", x)
	}
	units, exchange := one(c, "1", "1", o["Quantity"]), c.name("exchange")
	bought := cells{"Term": "P1Y", "BillingPlan": "Upfront", "ProductType": "VirtualMachines", "Sku": "Standard_F1s", "Region": "swedencentral", "Currency": o["Currency"],
		"Amount": one(c, "", "9") + c.amount(o["Currency"])}
	switch n := c.IntN(10); {
	case n < 2 && len(c.requests) > 0:
		request(one(c, "Reverse", "Reverse", "Withdraw"), "", "", "", cells{"Withdraws": one(c, c.requests...)["RequestId"]})
	case n < 4:
		request("Return", exchange, o["ReservationOrderId"], units, nil)
		request("Purchase", exchange, c.name("order"), "2", bought)
	case n < 5:
		request("TransferOut", exchange, o["ReservationOrderId"], units, nil)
		bought["BillingAccountId"] = one(c, c.accounts...)["BillingAccountId"]
		request("TransferIn", exchange, c.name("order"), units, bought)
	default:
		request("Refund", "", o["ReservationOrderId"], units, cells{"Used": one(c, "", "Yes", "No"), "VendorAmountUSD": one(c, "", "", "100")})
	}
	if c.chance(25) {
		c.exported(o, one(c, "Refund", "Cancel"), "-"+c.amount(o["Currency"]), c.day(c.IntN(8)))
	}
}

// others is what else may come: draws, a past, prices, usage, rates.
func (c *collision) others() {
	a, currency := one(c, c.accounts...), one(c, "USD", "SEK", "JPY")
	id, amount := a["BillingAccountId"], c.amount(currency)
	if c.chance(40) {
		c.row("charges", cells{"BillingAccountId": id, "Date": c.day(c.IntN(20)), "Currency": currency, "Amount": amount, "Description": c.name("any")})
	}
	if c.chance(30) {
		c.row("opening", cells{"Kind": one(c, "Lot", "Held"), "BillingAccountId": id, "Date": c.day(c.IntN(40)), "Currency": currency, "Amount": amount, "ExpiresOn": c.day(-c.IntN(60))})
		c.brought++
		c.row("opening", cells{"Kind": "LimitUse", "BillingAccountId": id, "Date": c.day(c.IntN(40)), "Currency": "USD", "Amount": "1000.00"})
		c.row("opening", cells{"Kind": "UnitsReturned", "BillingAccountId": id, "Date": c.day(c.IntN(40)), "ReservationOrderId": c.name("any"), "Quantity": "1"})
	}
	if c.chance(30) {
		c.row("prices", cells{"Sku": "Standard_F1", "Term": "P1Y", "Currency": "USD", "UnitPrice": c.amount("USD"), "EffectiveFrom": c.day(90), "BillingAccountId": one(c, "", id)})
	}
	if c.chance(30) {
		c.row("usage", cells{"ReservationOrderId": one(c, c.orders...)["ReservationOrderId"], "ReservationId": c.name("any"), "UsageDate": c.day(c.IntN(5)), "UsedHours": one(c, "0", "24")})
	}
	for i := range 12 * c.IntN(3) {
		c.row("rates", cells{"Date": c.day(i * 5), "USD": "1.1694", "JPY": "178.41", "SEK": "10.9647", "KWD": one(c, "0.35", "N/A")})
	}
}

// collidingColumns are what a kind has beside the columns of its rows.
var collidingColumns = map[string]string{
	"accounts": "CommitmentStart,CommitmentEnd,Cloud,CardRef", "reservations": "Funding,Invoice", "opening": "Amount,ReservationOrderId,Quantity,ExpiresOn",
	"requests": "Used,Withdraws,VendorAmountUSD,BillingAccountId,Term,BillingPlan,ProductType,Sku,Region,Currency,Amount",
	"ea":       "AccountName,AccountOwnerEmail,BillingMonth,MonetaryCommitment,Overage,PurchasingEnrollment,PurchasingSubscriptionGuid,PurchasingSubscriptionName,ReservationOrderName",
	"mca":      "BillingProfileName,Invoice,InvoiceSectionId,InvoiceSectionName,PurchasingSubscriptionGuid,PurchasingSubscriptionName,ReservationOrderName",
	"partner":  "CustomerDomainName,CustomerCountry,OrderId,ProductId,SkuId,AvailabilityId,SkuName,UnitPrice,TaxTotal,ChargeEndDate,SubscriptionId,EffectiveUnitPrice",
}

// arrive writes what comes on a night beside what lies in the inbox, or over it.
func (c *collision) arrive(night int) {
	c.files = map[string][]cells{}
	if night == 0 {
		c.files["accounts"] = slices.Clone(c.accounts)
	}
	for range 1 + c.IntN(max(2, 6-4*night)) {
		c.buys()
	}
	for range 1 + c.IntN(6) {
		c.asks()
	}
	c.others()
	if c.chance(30) { // what came is told again, and an account otherwise
		c.row("requests", one(c, c.requests...))
		c.row("reservations", one(c, c.orders...))
		again := c.account()
		again["BillingAccountId"] = one(c, c.accounts...)["BillingAccountId"]
		c.row("accounts", again)
	}
	if c.chance(30) {
		c.inbox = c.t.TempDir()
	}
	for kind, rows := range c.files {
		name := kind + one(c, "", fmt.Sprint(night)) + ".csv"
		if err := os.WriteFile(filepath.Join(c.inbox, name), csvOf(rows, collidingColumns[kind]), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
}

// csvOf writes rows by the columns of all of them, and more.
func csvOf(rows []cells, more string) []byte {
	columns := strings.FieldsFunc(more, func(r rune) bool { return r == ',' })
	for _, x := range rows {
		for column := range x {
			columns = append(columns, column)
		}
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(columns) // a bytes.Buffer takes all
	for _, x := range rows {
		line := make([]string, len(columns))
		for i, column := range columns {
			line[i] = x[column]
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}
