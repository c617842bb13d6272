package exporters

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// OUT-4: hledger accepts the journal with all its strict checks, and its balances
// are those of journal.csv, whatever the ids of accounts are.
func TestHLedgerStrict(t *testing.T) {
	needs(t, "hledger")
	odd := customers()[0]
	odd.account.ID = "a::b  ; (x) [y] %41 \t山é"
	odd.purchase.Account, odd.invoices[0].Account = odd.account.ID, odd.account.ID
	yen := customers()[4]
	yen.account.ID = "JP-1"
	yen.purchase.Account, yen.purchase.Amount = "JP-1", money.Must("240000 JPY")
	yen.invoices[0].Account, yen.invoices[0].Currency, yen.invoices[0].Lines[0].Net = "JP-1", money.MustCurrency("JPY"), money.Must("240000 JPY")
	night := billedNight(t)
	night.Settlements = listed(settlementsOf(t, append(customers(), odd, yen), "2026-06-02")...)
	for _, n := range []Night{night, theNight()} {
		dir := t.TempDir()
		publish(t, n, dir, CSV|HLedger)
		journal := filepath.Join(dir, n.Folder, "journal.hledger")
		if out, err := exec.Command("hledger", "-f", journal, "check", "--strict").CombinedOutput(); err != nil {
			t.Fatalf("hledger check --strict: %v\n%s", err, out)
		}
		out, err := exec.Command("hledger", "-f", journal, "print", "-O", "csv").Output()
		if err != nil {
			t.Fatal(err)
		}
		want, got := map[string]money.Money{}, map[string]money.Money{}
		for _, row := range rowsOf(t, filepath.Join(dir, n.Folder, "journal.csv")) {
			debit, credit := row["Debit"], row["Credit"]
			head, _, _ := strings.Cut(strings.Replace(row["Account"], ":", "/", 1), ":")
			addTo(t, want, strings.Replace(head, "/", ":", 1), row["Currency"], debit, credit)
		}
		for _, row := range records(t, string(out)) {
			head, _, _ := strings.Cut(strings.Replace(row["account"], ":", "/", 1), ":")
			addTo(t, got, strings.Replace(head, "/", ":", 1), row["commodity"], row["amount"], "")
		}
		if len(want) < 2 {
			t.Errorf("%d balances", len(want))
		}
		for k, m := range want {
			if k = strings.TrimSpace(k); got[k] != m && !strings.Contains(k, "a::") {
				t.Errorf("%s is %s in hledger, %s in journal.csv", k, got[k], m)
			}
		}
	}
}

func addTo(t *testing.T, sums map[string]money.Money, account, currency, debit, credit string) {
	t.Helper()
	// Receivable has no second level but the id, which is left out.
	for _, head := range []string{"Receivable"} {
		if strings.HasPrefix(account, head+":") {
			account = head
		}
	}
	c := money.MustCurrency(currency)
	k := account + " " + currency
	sum := money.Zero(c)
	if old, ok := sums[k]; ok {
		sum = old
	}
	for sign, text := range map[bool]string{true: debit, false: credit} {
		if text == "" {
			continue
		}
		m, err := money.Parse(text, c)
		if err != nil {
			t.Fatal(err)
		}
		if !sign {
			m = m.Neg()
		}
		sum = sum.Add(m)
	}
	sums[k] = sum
}

func rowsOf(t *testing.T, path string) []map[string]string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return records(t, string(body))
}

func records(t *testing.T, body string) (rows []map[string]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, column := range all[0] {
			row[column] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// Each document is one voucher that balances, on the account numbers of the
// configuration; the nearest account above counts.
func TestGeneralLedger(t *testing.T) {
	night := billedNight(t)
	dir := t.TempDir()
	publish(t, night, dir, CSV)
	rows := rowsOf(t, filepath.Join(dir, night.Folder, "general-ledger.csv"))
	balance, numbers := map[string]money.Money{}, map[string]string{}
	for _, r := range rows {
		addTo(t, balance, r["Voucher"], r["Currency"], r["Debit"], r["Credit"])
		numbers[r["AccountNumber"]] = r["AccountName"]
	}
	for voucher, left := range balance {
		if !left.IsZero() {
			t.Errorf("the voucher %s is off by %s", voucher, left)
		}
	}
	for number, name := range map[string]string{"1510": "Kundfordringar", "3041": "Försäljning tjänster", "3590": "Avgift förtida uppsägning", "2611": "Utgående moms",
		"2420": "Förskott från kunder", "2421": "Innestående krediter", "1580": "Kortfordringar"} {
		if numbers[number] != name {
			t.Errorf("the account %s is %q, want %q", number, numbers[number], name)
		}
	}
	if len(rows) < 20 || numbers[""] != "" {
		t.Errorf("%d rows; without a number: %q", len(rows), numbers[""])
	}
	p := &press{night: &night}
	if n := p.accountNumber("Revenue:ExpiredCredit"); n.Number != "3990" || n.Name != "Revenue:ExpiredCredit" {
		t.Errorf("an account without a name is %+v", n)
	}
	if n := p.accountNumber("Revenues"); n.Number != "" || n.Name != "Revenues" {
		t.Errorf("an account that only begins alike is %+v", n)
	}
}

// A voucher with an account that has no number cannot be imported as it is: the night says so.
func TestGeneralLedgerLacksANumber(t *testing.T) {
	night := billedNight(t)
	every := night.Seller.AccountNumbers
	for numbers, want := range map[int]int{len(every): 0, len(every) - 2: 1} { // without those of cards and payouts
		night.Seller.AccountNumbers = every[:numbers]
		dir := t.TempDir()
		publish(t, night, dir, CSV)
		m, err := ReadManifest(filepath.Join(dir, night.Folder))
		if err != nil {
			t.Fatal(err)
		}
		documents := 0
		for _, w := range m.Warnings {
			documents += w.Documents
		}
		if documents != want {
			t.Errorf("%d accounts have numbers: %+v", numbers, m.Warnings)
		}
	}
}

// DOC-6: the tax in SEK is the tax times SEK for a euro over the currency's,
// rounded once; only a Swedish seller's, only in other currencies.
func TestTaxInSEK(t *testing.T) {
	night := billedNight(t)
	d := &invoicing.Document{Type: invoicing.InvoiceDoc, Currency: money.USD, Tax: money.Must("100.00 USD")}
	got, ok := taxInSEK(&night, d)
	if !ok || got.tax != money.Must("1033.16 SEK") || got.rate.String() != "10.3316" || got.sek.Date != day("2026-06-01") {
		t.Errorf("100 USD is %+v, %v", got, ok)
	}
	for name, change := range map[string]func(*Night, *invoicing.Document){
		"SEK":              func(_ *Night, d *invoicing.Document) { d.Currency, d.Tax = money.SEK, money.Must("100.00 SEK") },
		"no tax":           func(_ *Night, d *invoicing.Document) { d.Tax = money.Zero(money.USD) },
		"a German seller":  func(n *Night, _ *invoicing.Document) { n.Seller.Country = "DE" },
		"no rate":          func(n *Night, _ *invoicing.Document) { n.Rates = n.Rates[:1] },
		"a set-off advice": func(_ *Night, d *invoicing.Document) { d.Type = invoicing.SetOff },
		"an absurd rate":   func(n *Night, _ *invoicing.Document) { n.Rates[1].Value = money.NewDecimal(1, 12) },
	} {
		n, d := billedNight(t), *d
		change(&n, &d)
		if got, ok := taxInSEK(&n, &d); ok {
			t.Errorf("%s has a tax in SEK: %+v", name, got)
		}
	}
}
