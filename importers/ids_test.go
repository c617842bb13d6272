package importers

import (
	"slices"
	"strings"
	"testing"
)

const (
	someOrder       = "a27c0f26-1f7b-5b8f-98c8-32128b192dd3"
	someReservation = "3b3de39c-bc44-4d69-be2d-69527dfe9958"
	orderPath       = "/providers/Microsoft.Capacity/reservationOrders/" + someOrder
)

// TestOneOrderHoweverItIsWritten is IMP-10: the portal and the interfaces write an order
// as a path, in braces or in capitals; what only looks alike is left as it is.
func TestOneOrderHoweverItIsWritten(t *testing.T) {
	for written, want := range map[string][2]string{ // as an order, as a reservation
		someOrder:                  {someOrder, someOrder},
		strings.ToUpper(someOrder): {someOrder, someOrder},
		"{" + someOrder + "}":      {someOrder, someOrder},
		orderPath:                  {someOrder, orderPath},
		strings.ToUpper(orderPath): {someOrder, strings.ToUpper(orderPath)},
		orderPath[1:]:              {someOrder, orderPath[1:]},
		orderPath + "/":            {someOrder, orderPath + "/"},
		orderPath + "/reservations/" + someReservation: {someOrder, someReservation},
		"https://portal.azure.com/#@kund.example/resource" + strings.ToLower(orderPath) + "/reservations/" + strings.ToUpper(someReservation) + "/overview": {someOrder, someReservation},

		"{" + someOrder:                          {"{" + someOrder, "{" + someOrder},
		"{not-an-id-of-36-characters-in-braces}": {"{not-an-id-of-36-characters-in-braces}", "{not-an-id-of-36-characters-in-braces}"},
		orderPath + "x":                          {orderPath + "x", orderPath + "x"},
		"/reservationOrders/R-2026-17/behind-it-stands-much-more": {"/reservationOrders/R-2026-17/behind-it-stands-much-more", "/reservationOrders/R-2026-17/behind-it-stands-much-more"},
		"ORD/2026/17": {"ORD/2026/17", "ORD/2026/17"},
		"":            {"", ""},
	} {
		if got := [2]string{orderID(written), reservationID(written)}; got != want {
			t.Errorf("%q is the order %q and the reservation %q, want %q", written, got[0], got[1], want)
		}
	}
}

// TestAccountOfAnExport is IMP-1: BillingProfileId or its last path segment.
func TestAccountOfAnExport(t *testing.T) {
	for written, want := range map[string]string{"BP1": "BP1", "/providers/Microsoft.Billing/billingAccounts/1:2/billingProfiles/BP1": "BP1", "billingAccounts/1:2/billingProfiles/BP1": "BP1", "x/": "x/"} {
		if got := vendorAccountID(written); got != want {
			t.Errorf("%q is the account %q, want %q", written, got, want)
		}
	}
}

// TestIdsThatLookTheSame: a hyphen that does not break, a space that does not, and what
// nobody sees make no other id; what a person can see does.
func TestIdsThatLookTheSame(t *testing.T) {
	for written, want := range map[string]string{
		strings.ReplaceAll(someOrder, "-", "\u2011") + "\u200b": someOrder,
		"K\u20111002": "K-1002", "\ufeffK-1002": "K-1002", "\u200b\u00a0K-1002": "K-1002", "KST\u00a04711": "KST 4711", "K\u00ad1002": "K1002",
		"Åkeri-7": "Åkeri-7", "K_1002": "K_1002", "K 1002": "K 1002", "k-1002": "k-1002",
	} {
		if got := canonicalID(written); got != want {
			t.Errorf("%q is the id %q, want %q", written, got, want)
		}
	}
}

// TestOneAccountHoweverItIsWritten: an account of a house sheet is written as exports
// write it, too; an id of the house that has a slash in it is all of it.
func TestOneAccountHoweverItIsWritten(t *testing.T) {
	for written, want := range map[string]string{
		"/providers/Microsoft.Billing/billingAccounts/8611537":                                           "8611537",
		"/providers/Microsoft.Billing/billingAccounts/1:2_2019-05-31/billingProfiles/ABCD-EFGH-BG7-PGB":  "ABCD-EFGH-BG7-PGB",
		"/providers/Microsoft.Billing/billingAccounts/1:2/customers/" + strings.ToUpper(someReservation): someReservation,
		"8611537": "8611537", "KUND/17": "KUND/17", "/": "/", "": "",
	} {
		if got := accountID(written); got != want {
			t.Errorf("%q is the account %q, want %q", written, got, want)
		}
	}
}

// TestNamedByAPerson: a verb finds an order or an account however a person writes it.
func TestNamedByAPerson(t *testing.T) {
	for written, want := range map[string]string{
		orderPath + "/reservations/" + someReservation: someOrder, "{" + strings.ToUpper(someOrder) + "}": someOrder,
		"/providers/Microsoft.Billing/billingAccounts/8611537": "8611537", "KUND/17": "KUND/17", "RO-1": "RO-1",
	} {
		if got := Identifier(written); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
}

// TestOrdersOfEveryFile: each kind that names an order, a reservation or an account
// reads it as the id it is.
func TestOrdersOfEveryFile(t *testing.T) {
	const profile = "/providers/Microsoft.Billing/billingAccounts/1:2/billingProfiles/BP1"
	for _, k := range kinds {
		names, cells := header(k, func(Column) bool { return true })
		asked := 0
		for i, name := range names {
			switch name {
			case "ReservationOrderId":
				cells[i] = orderPath
			case "ReservationId":
				cells[i] = orderPath + "/reservations/" + someReservation
			case "BillingAccountId", "BillingProfileId":
				cells[i] = profile
			default:
				continue
			}
			asked++
		}
		got := read(t, "file.csv", csvOf(t, names, cells))
		if asked > 0 && (strings.Contains(got, "refused ") || strings.Contains(got, "roviders/")) {
			t.Errorf("%s:\n%s", k.Name, got)
		}
	}
}

// TestNothingIsNoID: where there need be no id, a dash, n/a or the 0 of a formula is an empty
// cell. What says that one is not known is refused, for orders that are all of an invoice
// "?" would be credited as of one, and so is a dash where there must be one.
func TestNothingIsNoID(t *testing.T) {
	const header = "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Quantity,Currency,Amount,Invoice,CardRef,Region\n"
	const row = "o1,A,2026-03-01,P1Y,Upfront,VirtualMachines,D2,1,SEK,9000,"
	for cells, want := range map[string]string{
		"-,,": "", "N/A,,": "", "\u2013,,": "", "\u2014,,": "", "0,,": "", "none,-,Ingen": "", ",,": "",
		"?,-,": "Invoice", "Saknas,tbd,unknown": "Invoice CardRef Region", "00,,": "Invoice",
		"F-0,card_0,westeurope": `Region="westeurope" Quantity=1 Amount=9000.00 SEK Invoice="F-0" CardRef="card_0"`, "NA-1,,": `Invoice="NA-1"`, "Å,,": `Invoice="Å"`,
	} {
		file := []byte(header + row + cells + "\n")
		var got []string
		for _, f := range refusals(t, file) {
			got = append(got, f.Column)
		}
		read := strings.Join(records(t, file), "\n")
		switch is := strings.Join(got, " "); {
		case strings.Contains(want, "="):
			if is != "" || !strings.Contains(read, want) {
				t.Errorf("%q is refused for %q and read as %s", cells, is, read)
			}
		case is != want, want == "" && (strings.Contains(read, "Invoice=") || !strings.Contains(read, "Amount=9000")):
			t.Errorf("%q is refused for %q, want %q, and read as %s", cells, is, want, read)
		}
	}
	if got := refusals(t, []byte(header+"-"+row[2:]+",,\n")); len(got) != 1 || got[0].Code != "NoIdentifier" {
		t.Errorf("an order without an id is refused as %v", got)
	}
	const request = "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,ExchangeId,VendorAmountUSD\n"
	file := []byte(request + "R1,2026-11-20,Refund,o1,1,Owner,-,\nR2,2026-11-20,Refund,-,1,Owner,-,\nR3,2026-11-20,Return,o3,-,Owner,X1,\n")
	if got := records(t, file); len(got) != 1 || !strings.Contains(got[0], `ID="R1"`) || strings.Contains(got[0], "Exchange") {
		t.Errorf("read %q", got)
	}
	var got []string
	for _, f := range refusals(t, file) {
		got = append(got, f.Code+" "+f.Column)
	}
	if want := []string{"Missing ReservationOrderId", "Missing Quantity"}; !slices.Equal(got, want) {
		t.Errorf("refused %q, want %q", got, want)
	}
	silent := "R1,2026-11-20,Refund,o1,1,Owner,,"
	for _, said := range []string{"0", "0.00", "-", "$ -", "5"} { // LIM-5: an amount of 0 would count nothing against the limit
		if got := records(t, []byte(request+silent+said+"\n")); len(got) != 1 || strings.Contains(got[0], "VendorUSD=") != (said == "5") {
			t.Errorf("a vendor's amount of %s is read as %q", said, got)
		}
	}
	const price = "Sku,Term,Currency,UnitPrice,EffectiveFrom,EffectiveTo\nD2,P1Y,SEK,5,2026-01-01,-\nD3,P1Y,SEK,5,-,\n"
	if got, refused := records(t, []byte(price)), refusals(t, []byte(price)); len(got) != 1 || strings.Contains(got[0], "To=") || len(refused) != 1 || refused[0].Code != "Missing" {
		t.Errorf("read %q, refused %v", got, refused)
	}
}
