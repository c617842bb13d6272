package exporters

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// papers are the documents of the customers, by number.
func papers(t testing.TB, night *Night, all []customer) (list []*paper) {
	for _, s := range settlementsOf(t, all, "2026-06-02") {
		for i := range s.Documents {
			list = append(list, newPaper(night, &settled{Settlement: s}, i))
		}
	}
	return list
}

// drawn is a document as the words that stand on its pages: what pdftotext reads.
func drawn(t *testing.T, p *paper) (body []byte, text string) {
	t.Helper()
	body, _, err := drawPDF(p)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, body, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	return body, strings.ReplaceAll(string(out), "\u00A0", " ")
}

func needs(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed; .ci/run installs it", program)
	}
}

// What a customer must find on each document, in his language, as text that can
// be searched (OUT-2, DOC-2, DOC-6, BIL-INV-2).
func TestPDFSays(t *testing.T) {
	needs(t, "pdftotext")
	night := billedNight(t)
	want := map[string][]string{
		"CN-2026-000001": {"Kreditfaktura", "Åkerö Bageri & Konditori AB", "Östra Hamngatan 7", "411 10 Göteborg", "Makulerar faktura", "F 2026/17", "Ersätts av faktura",
			"INV-2026-000001", "Märta Öhman", "Krediteras inkl. moms", "1 125,00 EUR", "Moms i SEK: 2 520,34 SEK", "11,2015", "2026-06-01", "Momsreg.nr SE556732170701",
			"Godkänd för F-skatt", "Bankgiro 5050-1055", "IBAN SE35 5000 0000 0549 1000 0003", "Sida 1 av 1"},
		"INV-2026-000001": {"Faktura", "Ersätter faktura", "Återbetalning: Standard_D4s_v5, swedencentral", "−224,38", "Moms 25 % på 675,62", "168,91 EUR", "844,53 EUR",
			"Krediterat genom CN-2026-000001", "280,47 EUR", "Innestår som er kredit", "Att betala", "2026-06-01 till 2027-02-28", "a1f3c9d2-0c7e-4f7e-8d43-5f0a9c1b2e01",
			"900,00 EUR × 1 / 3 × 273 / 365 = 224,383561..., avrundat en gång"},
		"INV-2026-000002": {"Invoice", "Müller & Söhne Maschinenbau GmbH", "Germany", "Early termination fee", "130.69", "−1,089.04", "VAT 0 %, reverse charge, on 541.65",
			"Reverse charge: the buyer accounts for the VAT.", "DE811907980", "265 / 365", "12 %", "The share and the fee rate are applied to the price on your invoice."},
		"CN-2026-000003":  {"Kreditnota", "läggs till ert förbetalda Azure-åtagande", "till och med 2026-08-30", "giltig från och med utfärdandedagen"},
		"CN-2026-000004":  {"Credit memo", "Société Générale des Façades S.A.", "12 rue de l'Église", "Credits invoice", "OV-2026-05", "VAT in SEK"},
		"OV-2026-06-R1":   {"Restatement of invoice", "It is no invoice", "Balance brought forward", "Outside the totals", "−106.45"},
		"INV-2026-000003": {"Paid back to the card ending in 4242", "2,209.32 USD", "export outside the EU"},
	}
	for _, p := range papers(t, &night, customers()) {
		_, text := drawn(t, p)
		for _, words := range want[p.document.Number] {
			if !strings.Contains(text, words) {
				t.Errorf("%s does not say %q:\n%s", p.document.Number, words, text)
			}
		}
		delete(want, p.document.Number)
	}
	if len(want) > 0 {
		t.Errorf("no such documents: %v", want)
	}
}

// BIL-CSP-1: a partner's customer never sees the vendor's price on his paper.
func TestPDFHidesTheVendorsPrice(t *testing.T) {
	needs(t, "pdftotext")
	night := billedNight(t)
	for _, p := range papers(t, &night, customers()[1:2]) {
		if _, text := drawn(t, p); strings.Contains(text, "1200") || strings.Contains(text, "1,200") || strings.Contains(text, "871.2") {
			t.Errorf("%s shows the vendor's amounts:\n%s", p.document.Number, text)
		}
	}
}

// No word of the explanation stays English on a Swedish document.
func TestSwedishSteps(t *testing.T) {
	steps := 0
	english := func(number string, s invoicing.Step) {
		steps++
		for _, word := range []string{"the ", "days", " of ", "price", "no fee", "since", "rounded", "term", "used", "cycle", "Purchase", "carry", "before", "reduced"} {
			if strings.Contains(s.What+" "+s.How+" "+s.Result, word) {
				t.Errorf("%s: %s: %s = %s has %q", number, s.What, s.How, s.Result, word)
			}
		}
	}
	night := billedNight(t)
	for _, p := range papers(t, &night, customers()) {
		p.words = &swedish
		for _, c := range p.computations() {
			for _, s := range c.steps {
				english(p.document.Number, s)
			}
		}
	}
	for s := range settledNight(t, 3, 8, "azure-2020").Settlements {
		for _, d := range s.Decisions {
			exchanged, capped := d, d
			exchanged.Request.Action, capped.Capped = invoicing.Return, true
			for _, d := range []invoicing.Decision{d, exchanged, capped} {
				for _, step := range d.Steps() {
					if slices.Contains(shownSteps, step.What) {
						english(d.Request.ID, invoicing.Step{What: swedish.step(step.What), How: swedish.step(step.How), Result: swedish.step(step.Result)})
					}
				}
			}
		}
	}
	if steps < 300 {
		t.Errorf("%d steps in all", steps)
	}
}

// The figures of an explanation are written as those of the lines above it.
func TestStepsHaveTheFiguresOfTheirLanguage(t *testing.T) {
	for _, c := range []struct {
		w          *words
		step, want string
	}{
		{&swedish, "96000.00 SEK x 1 / 4 x 101 / 365 = 6641.095890..., rounded once (PRO-8)", "96 000,00 SEK × 1 / 4 × 101 / 365 = 6 641,095890..., avrundat en gång (PRO-8)"},
		{&english, "1250000 JPY x 0.12, 2026-11-20 - 2026-03-01", "1,250,000 JPY × 0.12, 2026-11-20 − 2026-03-01"},
	} {
		if got := strings.ReplaceAll(c.w.step(c.step), "\u00A0", " "); got != c.want {
			t.Errorf("%q in %s is %q, want %q", c.step, c.w.code, got, c.want)
		}
	}
}

// The same document gives the same bytes, whoever makes it and however often.
func TestPDFTwentyWritesOneHash(t *testing.T) {
	night := billedNight(t)
	list := papers(t, &night, customers())
	want := map[string]string{}
	for round := range 20 {
		for _, p := range list[:4] {
			body, _, err := drawPDF(p)
			if err != nil {
				t.Fatal(err)
			}
			if n := p.document.Number; round == 0 {
				want[n] = hashOf(body)
			} else if want[n] != hashOf(body) {
				t.Fatalf("%s has two hashes", n)
			}
		}
	}
}

// An invoice of many lines runs over pages; each has the head of the table, the
// number and its page, and no line is lost. Without a seller it says so.
func TestPDFOfManyPages(t *testing.T) {
	needs(t, "pdftotext")
	night := billedNight(t)
	night.Seller = Seller{}
	p := papers(t, &night, []customer{longCustomer()})[1]
	_, text := drawn(t, p)
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		if !strings.Contains(page, fmt.Sprintf("Sida %d av %d", i+1, len(pages))) || !strings.Contains(page, "INV-2026-000001") {
			t.Errorf("page %d does not say which it is:\n%s", i+1, page)
		}
	}
	for i := range p.document.Lines {
		if order := p.document.Lines[i].Order; !strings.Contains(text, order) {
			t.Errorf("the line of order %s is lost", order)
		}
	}
	if !strings.Contains(text, "Får ej skickas") {
		t.Error("a paper without a seller does not say that it must not be sent")
	}
}

// DOC-2: an invoice names every invoice that it replaces, however many an exchange
// returns at once, and its buyer by the whole of a long name.
func TestPDFNamesEveryInvoiceThatIsReplaced(t *testing.T) {
	needs(t, "pdftotext")
	night := billedNight(t)
	p := papers(t, &night, customers()[:1])[1]
	p.account.Name = "Großhandel für Präzisionswerkzeuge und industrielle Befestigungstechnik Müller-Lüdenscheidt & Söhne " +
		"Gesellschaft mit beschränkter Haftung & Co. Kommanditgesellschaft"
	p.document.Replaces = nil
	for i := range 150 {
		p.document.Replaces = append(p.document.Replaces, invoicing.Ref{Number: fmt.Sprintf("FAKTURA-2026-%05d", i)})
	}
	_, text := drawn(t, p)
	text = strings.Join(strings.Fields(text), " ")
	for _, r := range p.document.Replaces {
		if !strings.Contains(text, r.Number) {
			t.Errorf("invoice %s is replaced, and is not named", r.Number)
		}
	}
	if !strings.Contains(text, "Kommanditgesellschaft") {
		t.Errorf("the buyer's name is cut:\n%s", text)
	}
}

// The sums stand above the footer wherever the lines end, however long the words for tax
// that is not charged are.
func TestPDFSumsStandAboveTheFooter(t *testing.T) {
	night := billedNight(t)
	p := papers(t, &night, customers()[:1])[1]
	p.document.Taxes, p.document.Tax = nil, money.Zero(p.document.Currency) // nothing is said of it below
	for _, category := range []string{"Z", "O"} {
		p.document.Taxes = append(p.document.Taxes, invoicing.TaxGroup{Category: category, Net: money.Must("123456789.00 EUR"), Tax: money.Must("0.00 EUR")})
	}
	d := &drawing{typesetter: newTypesetter(&night.Seller, "", "", p.document.IssueDate), paper: p, seller: &night.Seller, bottom: 700}
	for lines := 400.0; lines < d.bottom; lines++ {
		d.page()
		d.y = lines
		if d.totals(); d.y-14 > d.bottom {
			t.Fatalf("below lines that end at %.0f the sums end at %.0f, in the footer", lines, d.y-14)
		}
	}
}

// A logo is a small picture; a file that claims to be a huge one is refused
// before anything is decoded.
func TestSellerCheck(t *testing.T) {
	good := theSeller()
	if err := good.Check(); err != nil {
		t.Errorf("a good seller: %v", err)
	}
	if err := (&Seller{}).Check(); err != nil {
		t.Errorf("no seller: %v", err)
	}
	var huge bytes.Buffer
	if err := png.Encode(&huge, image.NewGray(image.Rect(0, 0, maxLogoSide+1, 1))); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Seller){
		"the seller has no name":       func(s *Seller) { s.Name = "" },
		"write its two letters":        func(s *Seller) { s.Country = "Sverige" },
		"write scheme and id":          func(s *Seller) { s.Endpoint = "5567321707" },
		"write it as #1F4E79":          func(s *Seller) { s.Accent = "blue" },
		"documents are written in":     func(s *Seller) { s.Language = "fi" },
		"the logo is no PNG or JPEG":   func(s *Seller) { s.Logo = []byte("<svg>") },
		"use at most 2000 a side":      func(s *Seller) { s.Logo = huge.Bytes() },
		"is not an account of the":     func(s *Seller) { s.AccountNumbers[0].Account = "Receivable:" },
		"has two numbers":              func(s *Seller) { s.AccountNumbers[1].Account = "Receivable" },
		"account Receivable has no nu": func(s *Seller) { s.AccountNumbers[0].Number = "" },
	} {
		s := theSeller()
		change(&s)
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// A card is named by the end of its reference alone.
func TestCardEnding(t *testing.T) {
	p := &paper{words: &english}
	for ref, want := range map[string]string{"visa-4242": "the card ending in 4242", "77": "the card ending in 77"} {
		if got := p.card(ref); got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
}

// Bulk: the rate of making PDFs over all processors is stated, and is not absurd.
func TestPDFRate(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement")
	}
	night := billedNight(t)
	p := papers(t, &night, customers())[1]
	const n = 100
	start := time.Now()
	atOnce(n, func(int) {
		if body, _, err := drawPDF(p); err != nil || !bytes.HasPrefix(body, []byte("%PDF-")) {
			t.Errorf("%v", err)
		}
	})
	took := time.Since(start)
	t.Logf("%.0f PDFs a second on %d processors", n/took.Seconds(), runtime.GOMAXPROCS(0))
	if took > 30*time.Second {
		t.Errorf("%d PDFs took %s", n, took)
	}
}

// Every type of document has its words in both languages, and no word of one is
// missing in the other.
func TestWordsAreComplete(t *testing.T) {
	for _, w := range []*words{&english, &swedish} {
		for k := invoicing.CreditNote; k <= invoicing.Expiry; k++ {
			if w.titles[k] == "" {
				t.Errorf("%s has no title for %s", w.code, k)
			}
		}
		for k := invoicing.RefundLine; k <= invoicing.BalanceForwardLine; k++ {
			if w.kinds[k] == "" {
				t.Errorf("%s has no word for %s", w.code, k)
			}
		}
		for v, i := reflect.ValueOf(w).Elem(), 0; i < v.NumField(); i++ {
			if v.Field(i).Kind() == reflect.String && v.Field(i).String() == "" {
				t.Errorf("%s has no words for %s", w.code, v.Type().Field(i).Name)
			}
		}
	}
}

// What undoes a document says so, and tells no negative amount where money is taken back.
func TestReversalsRead(t *testing.T) {
	w, held := &english, money.Must("-290.51 USD")
	p := &paper{words: w, document: &invoicing.Document{}}
	for to, want := range map[invoicing.LeftOverTo]string{invoicing.ToHeldCredit: w.heldBack, invoicing.ToOpenAmount: w.openAgain} {
		if got := p.way(&invoicing.LeftOver{To: to, Amount: held}); got != want {
			t.Errorf("what is taken back from %s is %q", to, got)
		}
	}
	owed := &paper{words: w, s: &settled{Settlement: &invoicing.Settlement{}}, night: &Night{}, document: &invoicing.Document{Type: invoicing.InvoiceDoc,
		Currency: money.USD, Replaces: []invoicing.Ref{{Number: "INV-1"}}, Owed: held}}
	got, want := owed.invoiceSettling(), settling{rows: []fact{{"No longer owed of invoice INV-1", "290.51\u00A0USD"}}, toPay: fact{"To pay", "0.00\u00A0USD"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("what was owed for an exchange that is reversed reads %+v, want %+v", got, want)
	}
	for _, test := range []struct {
		kind        invoicing.LineKind
		typ         invoicing.DocumentType
		description string
		net, want   string
	}{
		{invoicing.RefundLine, invoicing.CommitmentCharge, "Reversed: Refund: Standard_D4s_v5", "355.00 USD", "Återförd: Återbetalning: Standard_D4s_v5"},
		{invoicing.PurchaseLine, invoicing.InvoiceDoc, "Purchase: Standard_D4s_v5", "1.00 USD", "Ny reservation: Standard_D4s_v5"},
		{invoicing.ChargeLine, invoicing.CreditNote, "Azure reservation", "1.00 USD", "Azure reservation"},
		{invoicing.BalanceForwardLine, invoicing.InvoiceRevision, "Reversed: Balance brought forward from F-1", "1.00 USD", "Återförd: Ingående saldo"},
		{invoicing.CreditAppliedLine, invoicing.Expiry, "Unused credit", "1.00 USD", swedish.expired},
		{invoicing.CreditAppliedLine, invoicing.Expiry, "Used before", "-1.00 USD", swedish.expiredBack},
		{invoicing.CreditAppliedLine, invoicing.SetOff, "Held credit", "1.00 USD", swedish.kinds[invoicing.CreditAppliedLine]},
	} {
		l := invoicing.Line{Kind: test.kind, Description: test.description, Net: money.Must(test.net)}
		if got := swedish.lineTitle(&invoicing.Document{Type: test.typ}, &l); got != test.want {
			t.Errorf("%s is %q, want %q", test.description, got, test.want)
		}
	}
}
