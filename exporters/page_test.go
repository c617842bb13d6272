package exporters

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// nightPage publishes a night's page and reads it.
func nightPage(t *testing.T, night Night) string {
	t.Helper()
	dir := t.TempDir()
	publish(t, night, dir, Page|JSON)
	body, err := os.ReadFile(filepath.Join(dir, night.Folder, "night.html"))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The page is one file: nothing of it comes from elsewhere, nothing runs, and a
// link leads to a file of the folder.
func TestPageStandsAlone(t *testing.T) {
	page := nightPage(t, theNight())
	for _, foreign := range []string{"<script", "<link", "<img", "<iframe", "@import", "url(", "http:", "https:", "onload", "javascript:"} {
		if strings.Contains(strings.ToLower(page), foreign) {
			t.Errorf("the page has %q", foreign)
		}
	}
	if !strings.Contains(page, `content="default-src 'none'; style-src 'unsafe-inline'"`) {
		t.Error("the page does not forbid what comes from elsewhere")
	}
	links := regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 5 {
		t.Errorf("only %d links", len(links))
	}
	dir := t.TempDir()
	publish(t, theNight(), dir, Page|JSON)
	for _, l := range links {
		if at, ok := strings.CutPrefix(l[1], "#"); ok {
			if !strings.Contains(page, ` id="`+at+`"`) {
				t.Errorf("the page has no place %s", at)
			}
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, theNight().Folder, filepath.FromSlash(l[1]))); err != nil {
			t.Errorf("the link %s leads nowhere: %v", l[1], err)
		}
	}
}

// What comes from outside is text.
func TestPageEscapes(t *testing.T) {
	night := theNight()
	s := settlementOfNobody()
	s.Decisions[0].Request.ID, s.Decisions[0].Request.Order = `<script>alert(1)</script>`, `"><u>`
	night.Settlements = listed(s)
	page := nightPage(t, night)
	if strings.Contains(page, "<script") || strings.Contains(page, `"><u>`) || !strings.Contains(page, "&lt;script&gt;") {
		t.Error("text of a request is not escaped")
	}
}

// What needs a person is there, in the language of the seller.
func TestPageSaysWhatToDo(t *testing.T) {
	night := theNight()
	for language, want := range map[string][]string{
		"":   {"Needs a person today", "R-9", "reservation unknown: no export or sheet names the order ord-9", "894.98", "Invoice"},
		"sv": {"Att göra i dag", "R-9", "okänd reservation: ingen export", "894,98\u00a0SEK", "Kreditfaktura", `lang="sv"`},
	} {
		night.Seller.Language = language
		page := nightPage(t, night)
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("language %q: the page does not say %q", language, w)
			}
		}
	}
}

// What is counted agrees with its number: 1 document issued, 2 documents issued.
func TestPageCountsOneAsOne(t *testing.T) {
	night := theNight()
	s := settlementOfNobody()
	s.Decisions[0].Outcome = invoicing.Approved
	night.Settlements, night.Seller.Language = listed(s), "sv"
	if page := nightPage(t, night); !strings.Contains(page, "<b>1</b><span>godkänd</span>") || !strings.Contains(page, "<b>0</b><span>utfärdade dokument</span>") {
		t.Errorf("one is not told as one:\n%s", page)
	}
}

// Money that goes back to cards and money that is charged to others are told apart, and so
// is what a reversal takes back (BIL-CARD-1, BIL-INV-2).
func TestPageTellsMoneyBackFromMoneyTaken(t *testing.T) {
	night, s := theNight(), settlementOfNobody()
	left := func(to invoicing.LeftOverTo, amount string) invoicing.LeftOver {
		return invoicing.LeftOver{To: to, Amount: money.Must(amount)}
	}
	s.Documents = []invoicing.Document{{Type: invoicing.InvoiceDoc, Number: "INV-2026-000009", Left: []invoicing.LeftOver{
		left(invoicing.ToCard, "258.52 USD"), left(invoicing.ToCard, "-732.34 USD"), left(invoicing.ToHeldCredit, "10.00 USD"), left(invoicing.ToHeldCredit, "-54.00 USD")}}}
	night.Settlements = listed(s)
	page := regexp.MustCompile(`<[^>]*>|\s+`).ReplaceAllString(nightPage(t, night), " ")
	page = strings.Join(strings.Fields(page), " ")
	for _, want := range []string{"held credit 10.00 USD to cards 258.52 USD", "Other movements charged to cards 732.34 USD taken back by reversals 54.00 USD"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
}

// Why requests were rejected is told by what rejects: an invoice that is not known would
// only have let them wait (Outcomes).
func TestPageTellsWhatRejects(t *testing.T) {
	night, s := theNight(), settlementOfNobody()
	s.Decisions[0].Outcome, s.Decisions[0].Reasons = invoicing.Rejected, reasons(invoicing.InvoiceUnknown, invoicing.LimitExceeded)
	night.Settlements = listed(s)
	if page := nightPage(t, night); !strings.Contains(page, "refund limit exceeded") || strings.Contains(page, "original invoice unknown") {
		t.Errorf("the request is rejected for its limit alone:\n%s", page)
	}
}

// The proof states each line once, with its sum in each currency; where the two sides of
// one differ, both.
func TestPageStatesTheProof(t *testing.T) {
	night := theNight()
	night.Proof = []ProofLine{
		{Line: "e", Says: "debits = credits", Currency: "EUR", Left: "1234.50", Right: "1234.50", Holds: true},
		{Line: "e", Says: "debits = credits", Currency: "SEK", Left: "10.00", Right: "10.01"},
		{Line: "g", Says: "rows read = kept + known + ignored + refused", Left: "7", Right: "7", Holds: true},
	}
	page := nightPage(t, night)
	for _, want := range []string{"A line does not hold.", "<td>debits = credits</td><td class=\"r\">1,234.50\u00a0EUR<br>10.00 \u2260 10.01\u00a0SEK</td>", "<td class=\"r\">7</td>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// IMP-10: of sources that disagree the page names the rows, for whoever is to mend one.
func TestPageNamesRowsThatDisagree(t *testing.T) {
	request := invoicing.Source{File: 3, Sheet: "Requests", Row: 8}
	for _, c := range []struct {
		what  string
		rules invoicing.Rules
		rows  []invoicing.Source
		want  string
	}{
		{"two rows", invoicing.Cite(invoicing.IMP10), []invoicing.Source{{File: 1, Row: 4}, {File: 3, Sheet: "Reservations", Row: 2}},
			"mend one of them (konton.csv, row 4; begäran, november.xlsx, Reservations, row 2)<"},
		{"many rows", invoicing.Cite(invoicing.IMP10), []invoicing.Source{{File: 1, Row: 1}, {File: 1, Row: 2}, {File: 1, Row: 3}, {File: 1, Row: 4}, {File: 1, Row: 5}, {File: 1, Row: 6}, {File: 1, Row: 7}},
			"konton.csv, row 6; ...)<"},
		{"the conflict is of another line of the exchange", 0, []invoicing.Source{{File: 1, Row: 4}}, ": of another line of the exchange<"},
	} {
		s := settlementOfNobody()
		d := &s.Decisions[0]
		d.Reasons, d.Rules, d.Sources = reasons(invoicing.OrderConflict), c.rules, append([]invoicing.Source{request}, c.rows...)
		night := theNight()
		night.Settlements = listed(s)
		if page := nightPage(t, night); !strings.Contains(page, c.want) {
			t.Errorf("%s: the page does not say %q:\n%s", c.what, c.want, page)
		}
	}
}

// Both languages have every word and every reason.
func TestPageWordsAreWhole(t *testing.T) {
	for r := invoicing.ReservationUnknown; r <= invoicing.LimitExceeded; r++ {
		if pageEnglish.reasons[r] == "" || pageSwedish.reasons[r] == "" || r < invoicing.NotOwner && pageSwedish.why[r] == "" {
			t.Errorf("%s has no words in one of the languages", r)
		}
	}
	for _, w := range []*pageWords{&pageEnglish, &pageSwedish} {
		for v, i := reflect.ValueOf(w).Elem(), 0; i < v.NumField(); i++ {
			if v.Field(i).Kind() == reflect.String && v.Field(i).String() == "" {
				t.Errorf("%s has no words for %s", w.Lang, v.Type().Field(i).Name)
			}
		}
	}
}

// The page is bounded, however large the night, and says where the rest is.
func TestPageIsBounded(t *testing.T) {
	night := theNight()
	one := settlementOfNobody()
	night.Settlements = func(yield func(*invoicing.Settlement, error) bool) {
		for i := range 5000 {
			s := *one
			s.Decisions = slices.Clone(one.Decisions)
			s.Decisions[0].Request.ID = fmt.Sprintf("R-%05d", 5000-i)
			if !yield(&s, nil) {
				return
			}
		}
	}
	page := nightPage(t, night)
	if len(page) > 100_000 || strings.Count(page, "R-0") != pageEntries {
		t.Errorf("%d bytes, %d requests", len(page), strings.Count(page, "R-0"))
	}
	if !strings.Contains(page, "R-00001") || strings.Contains(page, "R-00021") || !strings.Contains(page, "4980 more in decisions.csv") {
		t.Error("not the first twenty, or the rest is not told")
	}
}
