package invoicing

import (
	"fmt"
	"testing"
)

// ELG-1: who may return is asked of the role, not of how it is written.
func TestRolesAsPeopleWriteThem(t *testing.T) {
	roles := []string{"Owner", "AdminAgent"}
	for role, may := range map[string]bool{"Owner": true, "owner": true, "OWNER": true, "AdminAgent": true, "Admin agent": true, "admin-agent": true,
		"": false, " ": false, "Reader": false, "Co-owner": false, "Admin": false} {
		d := Decision{Request: Request{Role: role}}
		d.judgeRole(roles)
		if d.Reasons.Has(NotOwner) == may {
			t.Errorf("%q may ask: %v, want %v", role, !may, may)
		}
	}
}

// DOC-3: a request that waits for the account of its order names the order's row beside its own.
func TestSourcesOfAnOrderOnAnUnknownAccount(t *testing.T) {
	b := &Book{Group: "E9", Purchases: []Purchase{bought("O1", "E9", "2026-03-10 P1Y Upfront 1 x 365.00 USD")}, Requests: []Request{refund("R1", "O1", "2026-08-01", 1)}}
	d := settled(t, b, "2026-08-01").Decisions[0]
	equal(t, "what it waits for, and its rows", fmt.Sprint(d.Reasons.List(), d.Sources), "[AccountUnknown] [#2!Requests!2 #1!Reservations!2]")
}
