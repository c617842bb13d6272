package invoicing

import (
	"testing"

	"prorata/invoicing/policy"
)

// What takes an exchange back is none of its lines, also where it names the exchange:
// each request is decided once.
func TestWhatTakesBackIsNoLine(t *testing.T) {
	p := bought("O1", "C1", "2026-01-01 P1Y Upfront 1 x 1200.00 USD")
	p.Invoice = "E-1"
	out := refund("X1", "O1", "2026-03-01", 1)
	out.Action, out.Exchange = Return, "X"
	in := out
	row := bought("O2", "", "2026-03-01 P1Y Upfront 1 x 1500.00 USD")
	in.ID, in.Action, in.Order, in.New = "X2", PurchaseNew, "O2", &row
	for action, lines := range map[Action]Outcome{Withdraw: Withdrawn, Reverse: Approved} {
		back := Request{ID: "W1", Date: out.Date, Action: action, Exchange: "X", Withdraws: "X2", RequestedBy: "Anna", Reason: "bought twice"}
		s := settled(t, &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 25)}, Purchases: []Purchase{p}, Requests: []Request{back, out, in}}, "2026-03-01")
		got := map[string]Outcome{}
		for _, d := range s.Decisions {
			got[d.Request.ID] = d.Outcome
		}
		if len(s.Decisions) != 3 || got["W1"] != Approved || got["X1"] != lines || got["X2"] != lines {
			t.Errorf("a %s and the exchange are decided %v", action, got)
		}
	}
}
