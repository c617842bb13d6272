package jobs

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// nightBy makes a night as a version of the program would that takes a fee of its
// own by the same policy: a defect that a later version has mended.
func (s *shop) nightBy(version, feeRate string, day int) {
	s.t.Helper()
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	chain, defect := builtin(s.t, policy.DefaultID), builtin(s.t, policy.DefaultID)
	rate, err := money.ParseDecimal(feeRate)
	must(err)
	defect[0].Policy.ByType[policy.CSP].FeeRate = rate
	r := Run{Inbox: s.path("inbox"), Out: s.path("out"), Ledger: s.ledger(), AsOf: money.DateOf(2026, 11, day), Policies: chain,
		Formats: exporters.CSV, Version: version, Log: zerolog.Nop()}
	l, err := ledger.Open(r.Ledger)
	must(err)
	last, err := l.LastRun()
	must(err)
	_, _, err = r.importInbox(context.Background(), l, last)
	must(err)
	last, err = l.LastRun()
	must(err)
	must(settleBy(context.Background(), l, last, defect, nil))
	_, err = r.publish(context.Background(), l)
	must(err)
	must(l.Close())
}

// An auditor asks two things: is what was published and kept untouched, and does
// this version of the program come to the same? A later version that has mended a
// defect is no tampering; the same version that comes to something else is.
func TestVerifyTellsAnotherVersionFromTampering(t *testing.T) {
	s := newShop(t)
	s.nightBy("0.9", "0.12", 22) // what 0.9 also does right
	s.drop("more.csv", "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\nR-2,2026-01-08,Refund,O-2,1,Owner,Yes\n")
	s.drop("order.csv", strings.NewReplacer("O-1", "O-2", "V-77", "V-78").Replace(reservationsCSV))
	s.nightBy("0.9", "0.10", 23)
	for _, by := range []struct {
		version  string
		problems int
	}{{"1.0", 0}, {"0.9", 1}} {
		v, err := Verify(context.Background(), s.ledger(), s.path("out"), by.version, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !v.Intact || len(v.Problems) != by.problems || len(v.Others) != 1 {
			t.Fatalf("by %s: intact %v, problems %q, %d nights otherwise", by.version, v.Intact, v.Problems, len(v.Others))
		}
		n := v.Others[0]
		if n.Run != 2 || n.Version != "0.9" || n.Folder != "2026-11-23-001" {
			t.Errorf("by %s: %+v", by.version, n)
		}
		// 1200 x 358 / 365 = 1176.99; a fee of 10 % is 117.70, of 12 % 141.24.
		want := "R-2: kept Approved prorated 1176.99 - fee 117.70 = 1059.29 USD CN-2026-000002 INV-2026-000002; " +
			"done again Approved prorated 1176.99 - fee 141.24 = 1035.75 USD CN-2026-000002 INV-2026-000002"
		if n.Decisions.N != 1 || n.Decisions.First[0] != want {
			t.Errorf("by %s: %+v", by.version, n.Decisions)
		}
		if n.Documents.N != 1 || !strings.HasPrefix(n.Documents.First[0], "INV-2026-000002: kept Invoice of R-2, net 140.71, ") {
			t.Errorf("by %s: %+v", by.version, n.Documents)
		}
		if reports := strings.Join(n.Reports.First, " "); !strings.Contains(reports, "decisions.csv") || strings.Contains(reports, "limits.csv ") {
			t.Errorf("by %s: %s", by.version, reports)
		}
	}
}

// What nights have left may be kept otherwise by a later version though it decides and
// writes the same: that is no tampering either. Here nothing at all is left when they are
// done again.
func TestVerifyTellsWhatAnotherVersionHasLeftFromTampering(t *testing.T) {
	s := newShop(t)
	s.nightBy("0.9", "0.12", 22)
	kept, err := ledger.OpenReader(s.ledger())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	again, err := ledger.Open(s.path("again.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for version, problems := range map[string]int{"1.0": 0, "0.9": 1} {
		r := &redoing{kept: kept, again: again, v: &Verification{Version: version, Intact: true}}
		if err := r.conclude(&OtherNight{Run: 1, Version: "0.9"}); err != nil {
			t.Fatal(err)
		}
		if len(r.v.Problems) != problems || len(r.v.Others) != 1 || !strings.Contains(strings.Join(r.v.Others[0].Rest.First, "\n"), "its book is not the sum of its settlements") {
			t.Errorf("by %s: problems %q, otherwise %+v", version, r.v.Problems, r.v.Others)
		}
	}
}

// Nights that are made while they are verified are no tampering: where that happens each
// time that verify begins again, it says so and nothing else.
func TestVerifyWhileNightsAreMade(t *testing.T) {
	for _, c := range []struct {
		nights int // that are made meanwhile, one for each time that verify begins
		want   error
	}{{verifyTries - 1, nil}, {verifyTries, ErrWritten}} {
		s := newShop(t)
		day := 22
		next := func() {
			if _, err := s.night(s.path("inbox"), day); err != nil {
				t.Fatal(err)
			}
			day++
		}
		next()
		begun := 0
		v, err := Verify(context.Background(), s.ledger(), s.path("out"), "test", func(what string, _, _ int64) {
			if !strings.HasPrefix(what, "night 1 of") || !strings.HasSuffix(what, "doing it again") {
				return
			}
			if begun++; begun <= c.nights {
				next()
			}
		})
		if !errors.Is(err, c.want) || err == nil && !v.clean() {
			t.Errorf("%d nights meanwhile: error %v, found %+v", c.nights, err, v)
		}
	}
}
