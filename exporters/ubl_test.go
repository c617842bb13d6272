package exporters

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// parsed reads an XML file into elements with their prefixes, by a parser that is not ours.
func parsed(body []byte) (*element, error) {
	prefixes := map[string]string{}
	d := xml.NewDecoder(bytes.NewReader(body))
	name := func(n xml.Name) string {
		if p := prefixes[n.Space]; p != "" {
			return p + ":" + n.Local
		}
		return n.Local
	}
	root := &element{}
	stack := []*element{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return root.children[0], nil
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := &element{}
			for _, a := range x.Attr {
				switch {
				case a.Name.Space == "xmlns":
					prefixes[a.Value] = a.Name.Local
					e.attrs = append(e.attrs, attr{"xmlns:" + a.Name.Local, a.Value})
				default:
					e.attrs = append(e.attrs, attr{a.Name.Local, a.Value})
				}
			}
			e.name = name(x.Name)
			last := stack[len(stack)-1]
			last.children, stack = append(last.children, e), append(stack, e)
		case xml.CharData:
			stack[len(stack)-1].text += string(x)
		case xml.EndElement:
			if e := stack[len(stack)-1]; len(e.children) > 0 {
				e.text = ""
			}
			stack = stack[:len(stack)-1]
		}
	}
}

func ruleIDs(rules []*ublRule) (ids []string) {
	for _, r := range rules {
		ids = append(ids, r.id)
	}
	return ids
}

// equipped gives an account what Peppol needs.
func equipped(c customer) customer {
	c.account.EndpointID, c.account.BuyerReference = "0088:7300010000001", "REF 1"
	if c.account.TaxID == "" {
		c.account.TaxID = "DE811907980"
	}
	return c
}

// taxedPapers are the documents of customers that are invoices or credits.
func taxedPapers(t testing.TB, night *Night, all ...customer) (list []*paper) {
	for _, s := range settlementsOf(t, all, "2026-06-02") {
		for i := range s.Documents {
			if isTaxed(&s.Documents[i]) {
				list = append(list, newPaper(night, &settled{Settlement: s}, i))
			}
		}
	}
	return list
}

// Every byte of an invoice, a credit note and a credit memo is what stands in testdata/ubl.
func TestUBLGolden(t *testing.T) {
	night := billedNight(t)
	n := 0
	for _, p := range taxedPapers(t, &night, customers()[0], customers()[1], customers()[3]) {
		n++
		path := filepath.Join("testdata", "ubl", p.document.Number+".xml")
		got := p.ubl().bytes()
		if *update {
			if err := errors.Join(os.MkdirAll("testdata/ubl", 0o755), os.WriteFile(path, got, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v\n%s", path, err, got)
		}
		if broken := brokenRules(p.ubl()); len(broken) > 0 {
			t.Errorf("%s breaks %v", path, ruleIDs(broken))
		}
	}
	if n != 5 {
		t.Errorf("%d documents", n)
	}
}

// DOC-6: a correction is a credit note (381) that names the original, followed by
// a new invoice (380); the memo over an overage is a credit note too. The tax is
// stated in SEK as well, and what is written is what was built.
func TestUBLSays(t *testing.T) {
	night := billedNight(t)
	list := taxedPapers(t, &night, customers()[0], customers()[3])
	note, inv, memo := list[0].ubl(), list[1].ubl(), list[2].ubl()
	for _, c := range []struct {
		e          *element
		path, want string
	}{
		{note, "cbc:CreditNoteTypeCode", "381"}, {note, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", "F 2026/17"},
		{note, "cac:LegalMonetaryTotal/cbc:PayableAmount", "1125.00"}, {note, "cac:CreditNoteLine/cbc:LineExtensionAmount", "900.00"},
		{inv, "cbc:InvoiceTypeCode", "380"}, {inv, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", "F 2026/17"},
		{inv, "cbc:TaxCurrencyCode", "SEK"}, {inv, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "844.53"},
		{inv, "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", "5567321707"}, {inv, "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID", "SE556012579001"},
		{inv, "cac:PaymentTerms/cbc:Note", "Se kreditfaktura CN-2026-000001. Att betala: 0,00 EUR."},
		{memo, "cbc:CreditNoteTypeCode", "381"}, {memo, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", "OV-2026-05"},
		{memo, "cac:LegalMonetaryTotal/cbc:PayableAmount", "106.45"},
	} {
		if got := c.e.first(c.path); got != c.want {
			t.Errorf("%s of %s is %q, want %q", c.path, c.e.first("cbc:ID"), got, c.want)
		}
	}
	refund := inv.find("cac:InvoiceLine")[1]
	if q, price := refund.first("cbc:InvoicedQuantity"), refund.first("cac:Price/cbc:PriceAmount"); q != "-1" || price != "224.38" {
		t.Errorf("the refund line is %s x %s", q, price)
	}
	if sek := inv.find("cac:TaxTotal/cbc:TaxAmount"); len(sek) != 2 || sek[1].text != "1892.05" || sek[1].attr("currencyID") != "SEK" {
		t.Errorf("the tax in SEK is %+v", sek)
	}
}

// What cannot be an e-invoice is said, by rule, with the accounts; it is a PDF
// and JSON all the same.
func TestUBLLacking(t *testing.T) {
	night := billedNight(t)
	night.Rates = nil
	dir := t.TempDir()
	publish(t, night, dir, JSON|PDF|UBL)
	m, err := ReadManifest(filepath.Join(dir, night.Folder))
	if err != nil {
		t.Fatal(err)
	}
	e := m.EInvoicing
	lacks := map[string]Lack{}
	for _, l := range e.Lacking {
		lacks[l.Rule] = l
	}
	if e.Issued != 5 || e.NotIssued != 2 {
		t.Errorf("%+v", e)
	}
	for _, rule := range []string{"PEPPOL-EN16931-R003", "PEPPOL-EN16931-R010"} {
		if l := lacks[rule]; l.Documents != 2 || !slices.Equal(l.Accounts, []string{"BP-77"}) || l.Says == "" {
			t.Errorf("%s: %+v", rule, l)
		}
	}
	if l := lacks["SEK"]; l.Documents != 3 || !l.Warning || !slices.Equal(l.Accounts, []string{"80441122", "P1"}) {
		t.Errorf("SEK: %+v", l)
	}
	files := folder(t, filepath.Join(dir, night.Folder))
	for name, want := range map[string]bool{"INV-2026-000001.xml": true, "INV-2026-000003.xml": false, "INV-2026-000003.pdf": true, "INV-2026-000003.json": true, "CN-2026-000003.xml": false} {
		if _, got := files["documents/"+name]; got != want {
			t.Errorf("%s is there: %v", name, got)
		}
	}
}

// Of a seller that is not configured nothing is an e-invoice, and one line says so.
func TestUBLWithoutSeller(t *testing.T) {
	night := billedNight(t)
	night.Seller = Seller{}
	dir := t.TempDir()
	publish(t, night, dir, UBL)
	m, err := ReadManifest(filepath.Join(dir, night.Folder))
	if err != nil || m.EInvoicing.Issued != 0 || len(m.EInvoicing.Lacking) != 1 || m.EInvoicing.Lacking[0].Rule != "SELLER" {
		t.Errorf("%v: %+v", err, m.EInvoicing)
	}
}

// randomCustomer is a customer with an invoice of any lines, rates and texts.
func randomCustomer(t *rapid.T) customer {
	c := equipped(customers()[rapid.SampledFrom([]int{0, 1, 3, 4}).Draw(t, "customer")])
	currency := money.MustCurrency(rapid.SampledFrom([]string{"EUR", "SEK", "USD", "JPY"}).Draw(t, "currency"))
	if c.account.Type != policy.CSP {
		c.purchase.Amount = money.Minor(rapid.Int64Range(100, 1e9).Draw(t, "amount"), currency)
	}
	c.purchase.Quantity = rapid.IntRange(1, 50).Draw(t, "units")
	c.request.Quantity = rapid.IntRange(1, c.purchase.Quantity).Draw(t, "returned")
	c.request.VendorUSD = money.Must("1.00 USD")
	category := rapid.SampledFrom([]string{"S", "S", "Z", "E", "AE", "G"}).Draw(t, "category")
	inv := &c.invoices[0]
	inv.Currency = currency
	inv.Lines = inv.Lines[:1:1]
	inv.Lines[0].Net = money.Minor(rapid.Int64Range(100, 1e9).Draw(t, "net"), currency)
	if c.account.Type != policy.CSP {
		inv.Lines[0].Net = c.purchase.Amount
	}
	for range rapid.IntRange(0, 5).Draw(t, "others") {
		l := inv.Lines[0]
		l.Order, l.Description = "", rapid.StringN(1, 20, 40).Draw(t, "description")+"."
		l.Net = money.Minor(rapid.Int64Range(-1e6, 1e6).Draw(t, "other net"), currency)
		inv.Lines = append(inv.Lines, l)
	}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		l.TaxCategory, l.TaxRate = category, money.Decimal{}
		if category == "S" {
			l.TaxRate = percent(rapid.SampledFrom([]string{"25", "12", "6"}).Draw(t, "rate"))
		}
	}
	c.account.Name = rapid.StringN(1, 20, 60).Draw(t, "name") + "x"
	return c
}

// Whatever the core writes for an account that has what Peppol needs is valid by
// every rule, and is read back as it was built.
func TestUBLOfAnyDocument(t *testing.T) {
	night := billedNight(t)
	runs, documents := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		c := randomCustomer(r)
		for _, p := range taxedPapers(t, &night, c) {
			documents++
			e := p.ubl()
			if broken := brokenRules(e); len(broken) > 0 {
				r.Fatalf("%s breaks %v:\n%s", p.document.Number, ruleIDs(broken), e.bytes())
			}
			back, err := parsed(e.bytes())
			if err != nil || !bytes.Equal(back.bytes(), e.bytes()) {
				r.Fatalf("read back (%v):\n%s", err, e.bytes())
			}
			if broken := brokenRules(back); len(broken) > 0 {
				r.Fatalf("read back it breaks %v", ruleIDs(broken))
			}
		}
	})
	if documents <= runs { // a test in short has fewer runs
		t.Errorf("%d documents in %d runs", documents, runs)
	}
}

// Each rule is broken by some change of a valid document: none of them passes
// everything.
func TestEachRuleCanBeBroken(t *testing.T) {
	night := billedNight(t)
	night.Seller.Bank.Bankgiro = ""
	broken := map[string]bool{}
	note := func(e *element) {
		for _, id := range ruleIDs(brokenRules(e)) {
			broken[id] = true
		}
	}
	var bases []*element
	for _, category := range []string{"S", "Z", "E", "AE", "G", "O"} {
		c := equipped(customers()[0])
		if l := &c.invoices[0].Lines[0]; category != "S" {
			l.TaxCategory, l.TaxRate = category, money.Decimal{}
		}
		c.invoices[0].Open = money.Must("900.00 EUR") // something is left to pay
		for _, p := range taxedPapers(t, &night, c) {
			e := p.ubl()
			if ids := ruleIDs(brokenRules(e)); len(ids) > 0 {
				t.Errorf("category %s: the %s breaks %v", category, e.name, ids)
			}
			bases = append(bases, e)
		}
	}
	for _, base := range bases {
		mutations(base, note)
	}
	giroOf := func(branch, account string) {
		e := bases[1]
		for _, a := range e.find("cac:PaymentMeans/cac:PayeeFinancialAccount") {
			a.find("cbc:ID")[0].text, a.find("cac:FinancialInstitutionBranch/cbc:ID")[0].text = account, branch
		}
		note(e)
	}
	for _, e := range bases[1].find("cac:PaymentMeans/cbc:PaymentMeansCode") {
		e.text = "50"
		note(bases[1])
		e.text = "30"
	}
	for _, e := range bases[1].find("cac:InvoiceLine/cac:InvoicePeriod") {
		period := e.children
		e.children = nil
		note(bases[1])
		e.children = period
	}
	nationalMutations(t, note)
	for _, r := range readings {
		e := invoiceOf(t, r.country)
		r.change(e)
		note(e)
	}
	giroOf("SE:BANKGIRO", "50 5")
	giroOf("SE:PLUSGIRO", "5-123456789")
	for _, r := range ublRules {
		if !broken[r.id] {
			t.Errorf("nothing breaks %s", r.id)
		}
	}
}

// abroad are sellers of other countries with national rules, and what their buyers need.
var abroad = map[string]Seller{
	"NO": {VATNumber: "NO974760673MVA", CompanyID: "974760673", Endpoint: "0192:974760673", TaxStatus: "Foretaksregisteret"},
	"DK": {VATNumber: "DK13585628", CompanyID: "13585628", Endpoint: "0184:DK13585628"},
	"DE": {VATNumber: "DE811907980", CompanyID: "HRB 1234", Endpoint: "9930:DE811907980"},
	"NL": {VATNumber: "NL123456789B01", CompanyID: "12345678", Endpoint: "0106:12345678"},
	"IT": {VATNumber: "IT00743110157", TaxStatus: "00743110157", Endpoint: "0211:IT00743110157"},
	"IS": {VATNumber: "IS12345", CompanyID: "5501692829", Endpoint: "0196:5501692829"},
	"GR": {VATNumber: "EL094259216", Endpoint: "9933:094259216"},
}

// abroadPapers are the documents of such a seller to a buyer of its country; of any
// other country, of the biller.
func abroadPapers(t testing.TB, country, category string) []*paper {
	night := billedNight(t)
	if s, ok := abroad[country]; ok {
		s.Name, s.Address, s.PostalCode, s.City, s.Country = "Säljaren", "Gatan 1", "1000", "Staden", country
		s.Contact, s.Phone, s.Email, s.Bank.IBAN, s.Bank.BIC = "Ekonomi", "+47 22 00 00 00", "a@example.com", "NO9386011117947", "DNBANOKK"
		night.Seller = s
	}
	c := equipped(customers()[0])
	c.account.Country, c.invoices[0].Open = country, money.Must("900.00 EUR")
	if l := &c.invoices[0].Lines[0]; category != "S" {
		l.TaxCategory, l.TaxRate = category, money.Decimal{}
	}
	return taxedPapers(t, &night, c)
}

// nationalMutations changes documents of each country in turn.
func nationalMutations(t *testing.T, note func(*element)) {
	for country := range abroad { // each by itself
		for _, category := range []string{"S", "O"}[:1+btoi(country == "DE")] { // DE-R-014 is about what has no rate
			for _, p := range abroadPapers(t, country, category) {
				e := p.ubl()
				note(e)
				mutations(e, note)
				for _, code := range e.find("cac:PaymentMeans/cbc:PaymentMeansCode") {
					was := code.text
					for _, code.text = range []string{"42", "20"} {
						for _, a := range e.find("cac:PaymentMeans/cac:PayeeFinancialAccount") {
							branch := a.children
							note(e)
							a.children = branch[:1]
							note(e)
							a.children = branch
						}
					}
					code.text = was
				}
			}
		}
	}
}

// A seller of another country with rules of its own gets e-invoices, but for those that
// need what this program does not ask for.
func TestUBLAbroad(t *testing.T) {
	for country, want := range map[string]string{"NO": "", "DK": "", "DE": "", "NL": "", "IT": "", "IS": "IS-R-004", "GR": "GR-R-001-1"} {
		for _, p := range abroadPapers(t, country, "S") {
			e := p.ubl()
			if got := strings.Join(ruleIDs(brokenRules(e)), " "); got != want {
				t.Errorf("%s: the %s breaks %q, want %q:\n%s", country, e.name, got, want, e.bytes())
			}
		}
	}
}

// each calls do for e and every element below it.
func (e *element) each(do func(*element)) {
	e.every(func(x *element) bool { do(x); return true })
}

// mutations removes, doubles and changes every element and attribute in turn.
func mutations(root *element, note func(*element)) {
	var parents []*element
	root.each(func(e *element) { parents = append(parents, e) })
	for _, p := range parents {
		for i, c := range p.children {
			whole := p.children
			p.children = slices.Delete(slices.Clone(whole), i, i+1)
			note(root)
			p.children = slices.Insert(slices.Clone(whole), i, c)
			note(root)
			p.children = whole
		}
		if p.children != nil {
			continue
		}
		text, attrs := p.text, p.attrs
		for _, other := range []string{"", "0", "-1", "7.123", "O", "S", "Z", "31", "SEK", "DE", "SE12", "SE12345678901X", "NO974760674MVA", "VATEX-EU-K", "2026-13-41", "123456789X"} {
			p.text = other
			note(root)
		}
		p.text = text
		for i := range attrs {
			for _, other := range []string{"", "XXX", "0192", "0184", "0208", "0007", "0151"} {
				p.attrs = slices.Clone(attrs)
				p.attrs[i].value = other
				note(root)
			}
		}
		p.attrs = attrs
	}
}

// The check digits, by numbers that are published.
func TestCheckDigits(t *testing.T) {
	for name, c := range map[string]struct {
		holds     func(string) bool
		good, bad string
	}{
		"GLN":      {gln, "7300010000001", "7300010000002"},
		"Sweden":   {swedishCompany, "5560125790", "5560125791"},
		"Norway":   {norwegian, "974760673", "974760674"},
		"Belgium":  {belgian, "0403019261", "0403019262"},
		"a length": {swedishCompany, "2021005489", "202100548"},
	} {
		if !c.holds(c.good) || c.holds(c.bad) || c.holds("") || c.holds("12A") {
			t.Errorf("%s: %s %v, %s %v", name, c.good, c.holds(c.good), c.bad, c.holds(c.bad))
		}
	}
}

// A number with no fractional digits, a sign or junk is read exactly or not at all.
func TestRat(t *testing.T) {
	for text, want := range map[string]string{"844.53": "84453/100", "-0.01": "-1/100", "7": "7/1", "1e9": "0/1", "1/3": "0/1", "": "0/1", strings.Repeat("9", 99): "0/1"} {
		if got := rat(text).String(); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// Bulk: the rate of making and checking e-invoices is stated.
func TestUBLRate(t *testing.T) {
	night := billedNight(t)
	p := taxedPapers(t, &night, customers()[0])[1]
	const n = 500
	start := time.Now()
	for range n {
		if e := p.ubl(); len(brokenRules(e)) > 0 || len(e.bytes()) < 3000 {
			t.Fatal("not an invoice")
		}
	}
	t.Logf("%.0f e-invoices a second, made, checked and written on one processor", n/time.Since(start).Seconds())
	if _, ok := taxInSEK(&night, p.document); !ok || p.document.Type != invoicing.InvoiceDoc {
		t.Error("not the document that was meant")
	}
}
