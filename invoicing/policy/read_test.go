package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"prorata/invoicing/money"
)

// base returns the file of azure-2020 with one text replaced.
func base(t *testing.T, old, replacement string) []byte {
	t.Helper()
	body, err := files.ReadFile("policies/azure-2020.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte(old)) {
		t.Fatalf("azure-2020.yaml has no %q", old)
	}
	return bytes.Replace(body, []byte(old), []byte(replacement), 1)
}

// lineOf is the line on which a text begins.
func lineOf(t *testing.T, body []byte, text string) int {
	t.Helper()
	i := bytes.Index(body, []byte(text))
	if i < 0 {
		t.Fatalf("no %q", text)
	}
	return 1 + bytes.Count(body[:i], []byte("\n"))
}

const rest = "\nid: mine\ntitle: mine\nextends: azure-2020\n"

// POL-1: what is wrong is told with file, line, key and the nearest valid one.
func TestReadIsStrict(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"unknown key":          {"fee.rte: 0" + rest, "p.yaml:1: fee.rte: unknown key; the nearest key is fee.rate"},
		"unknown parameter":    {"\nlimit.window: 3" + rest, "p.yaml:2: limit.window: unknown key; the nearest key is limit.window_days"},
		"unknown billing type": {"fee.rate: {PAYG: 0}" + rest, "p.yaml:1: fee.rate.PAYG: unknown key; the nearest key is PAYG-Invoice"},
		"type in lower case":   {"fee.rate:\n  payg-card: 0" + rest, "p.yaml:2: fee.rate.payg-card: unknown key; the nearest key is PAYG-Card"},
		"a merged mapping":     {"<<: {id: x}" + rest, "p.yaml:1: <<: unknown key; the nearest key is id"},
		"duplicate key":        {"due_days: 1\ndue_days: 2" + rest, "p.yaml:2: due_days: duplicate key, first on line 1; keep one"},
		"duplicate type":       {"due_days: {EA: 1,\n EA: 2}" + rest, "p.yaml:2: due_days.EA: duplicate key, first on line 1; keep one"},
		"text for a number":    {"due_days: ten" + rest, `p.yaml:1: due_days: is the text "ten"; expected a whole number from 0 to 3660`},
		"number in quotes":     {`due_days: "10"` + rest, `p.yaml:1: due_days: is the text "10"; expected a whole number from 0 to 3660`},
		"decimals of days":     {"due_days: 1.5" + rest, "p.yaml:1: due_days: is 1.5; expected a whole number from 0 to 3660"},
		"hexadecimal":          {"due_days: 0x10" + rest, "p.yaml:1: due_days: is 0x10; expected a whole number from 0 to 3660"},
		"empty":                {"due_days:" + rest, "p.yaml:1: due_days: is empty; expected a whole number from 0 to 3660"},
		"list for a number":    {"due_days: [1, 2]" + rest, "p.yaml:1: due_days: is a list of 2; expected a whole number from 0 to 3660"},
		"mapping in a mapping": {"due_days: {EA: {EA: 1}}" + rest, "p.yaml:1: due_days.EA: is a mapping; expected a whole number from 0 to 3660"},
		"alias":                {"due_days: &a 1\nmatch_days: *a" + rest, "p.yaml:2: match_days: is an alias; expected a whole number from 0 to 3660"},
		"below the range":      {"limit.window_days: 0" + rest, "p.yaml:1: limit.window_days: is 0; expected a whole number from 1 to 3660"},
		"above the range":      {"grace.days: 3661" + rest, "p.yaml:1: grace.days: is 3661; expected a whole number from 0 to 3660, or none"},
		"no purchases":         {"exchange.max_purchases: 0" + rest, "p.yaml:1: exchange.max_purchases: is 0; expected a whole number from 1 to 1000, or unlimited"},
		"fee in percent":       {"fee.rate: {CSP: 12}" + rest, "p.yaml:1: fee.rate.CSP: is 12; expected a number from 0 to 1, a fraction: 0.12 is 12 percent"},
		"fee just above 1":     {"fee.rate: 1.000000000001" + rest, "p.yaml:1: fee.rate: is 1.000000000001; expected a number from 0 to 1, a fraction: 0.12 is 12 percent"},
		"negative fee":         {"fee.rate: -0.12" + rest, "p.yaml:1: fee.rate: is -0.12; expected a number from 0 to 1, a fraction: 0.12 is 12 percent"},
		"not a number":         {"fee.rate: .nan" + rest, "p.yaml:1: fee.rate: is .nan; expected a number from 0 to 1, a fraction: 0.12 is 12 percent"},
		"an exponent":          {"tolerance: 1e-2" + rest, "p.yaml:1: tolerance: is 1e-2; expected a number from 0 to 1000, of the currency's unit: 0.01"},
		"parts of a cent":      {"limit.amount: 0.001" + rest, "p.yaml:1: limit.amount: is 0.001; expected an amount of USD from 0 to 1000000000000, with at most 2 decimals"},
		"too much":             {"limit.amount: 999999999999999999" + rest, "p.yaml:1: limit.amount: is 999999999999999999; expected an amount of USD from 0 to 1000000000000, with at most 2 decimals"},
		"unknown choice":       {"fee.base: all" + rest, `p.yaml:1: fee.base: is the text "all"; expected prorated or remaining or purchase_amount`},
		"yes for true":         {"government_ea_self_service: yes" + rest, `p.yaml:1: government_ea_self_service: is the text "yes"; expected false or true`},
		"no role":              {"roles: []" + rest, "p.yaml:1: roles: is a list of 0; expected a list of 1 to 100 names, like [Owner, AdminAgent]"},
		"one role, no list":    {"roles: Owner" + rest, `p.yaml:1: roles: is the text "Owner"; expected a list of 1 to 100 names, like [Owner, AdminAgent]`},
		"role twice":           {"roles: [Owner, Owner]" + rest, "p.yaml:1: roles: is a list of 2; expected each name once, and Owner is there twice"},
		"role with a space":    {"roles: [Admin Agent]" + rest, `p.yaml:1: roles: is a list of 1; expected names of letters and digits, and "Admin Agent" is none`},
		"unknown product":      {"non_refundable_products: [Databrick]" + rest, `p.yaml:1: non_refundable_products: is a list of 1; expected names of ELG-2, and "Databrick" is none; the nearest is Databricks`},
		"unknown base":         {"id: a\ntitle: a\nextends: azure-2021", `p.yaml:3: extends: no built-in policy is called "azure-2021"; the nearest is azure-2020; there are azure-2020, azure-2023, observed-2023`},
		"id with a space":      {"id: My policy\ntitle: a\nextends: azure-2020", `p.yaml:1: id: is "My policy"; expected lower case letters, digits, dots and dashes, like azure-2020`},
		"no title":             {"id: a\nextends: azure-2020", "p.yaml:2: title: missing; every policy says it"},
		"no sources":           {"sources: []" + rest, "p.yaml:1: sources: is a list of 0; expected a list of title, date and url"},
		"source without url":   {"sources:\n- title: a\n  date: 2020-01-01" + rest, "p.yaml:2: sources.url: missing; every policy says it"},
		"source with a typo":   {"sources:\n- {title: a, url: 'https://a.example', date: 2020-01-01,\n   dat: 1}" + rest, "p.yaml:3: sources.dat: unknown key; the nearest key is date"},
		"source on no day":     {"sources:\n- {title: a, url: 'https://a.example', date: 2023-02-29}" + rest, `p.yaml:2: sources.date: "2023-02-29" is not a day of the calendar from 1990 through 2199`},
		"source of no site":    {"sources:\n- {title: a, url: 'ftp://a.example', date: 2023-02-28}" + rest, `p.yaml:2: sources.url: is the text "ftp://a.example"; expected an address that begins with https://`},
		"empty file":           {"# nothing\n", "p.yaml:1: the file is empty; start from a copy of a built-in policy or with `extends: azure-2020`"},
		"a list":               {"- id: a\n", "p.yaml:1: the file is not a list of keys and values, like `id: my-policy`"},
		"two documents":        {"id: a\n---\nid: b\n", "p.yaml:2: a second document begins here; keep one policy in a file"},
		"not YAML":             {"id: a\ntitle: [\nroles: x\n", "p.yaml:1: at or just after this line the file is not YAML: did not find expected ',' or ']'"},
		"too large":            {"#" + strings.Repeat("x", MaxBytes), "p.yaml:1: the file is larger than 262144 bytes; a policy needs a few thousand"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Read("p.yaml", []byte(c.body))
			if err == nil || p != nil {
				t.Fatalf("read as %+v, want the fault %s", p, c.want)
			}
			var first *Error
			if got := strings.SplitN(err.Error(), "\n", 2)[0]; got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if !errors.As(err, &first) || first.File != "p.yaml" || first.Line < 1 {
				t.Errorf("%#v is not an *Error with file and line", err)
			}
		})
	}
}

// POL-1: a complete file names every parameter, for every billing type.
func TestReadMissesEveryKey(t *testing.T) {
	for _, k := range keys {
		body := base(t, "\n"+k.name+":", "\nformerly:")
		_, err := Read("p.yaml", body)
		end := bytes.Count(body, []byte("\n")) // the last line, where it would be added
		want := &Error{"p.yaml", end, k.name, "missing; a policy names every key, or `extends: ID` of a built-in policy"}
		if err == nil || !strings.Contains(err.Error(), want.Error()) {
			t.Errorf("without %s: %v, want %v", k.name, err, want)
		}
	}
	body := base(t, ", CSP: 0.12}", "}")
	_, err := Read("p.yaml", body)
	want := &Error{"p.yaml", lineOf(t, body, "fee.rate"), "fee.rate.CSP", "missing; name a value for every billing type: EA, PAYG-Invoice, PAYG-Card, CSP"}
	if err == nil || err.Error() != want.Error() {
		t.Errorf("without a type: %v, want %v", err, want)
	}
}

// other is for every key a value that azure-2020 has for no billing type.
var other = map[string]string{
	"grace.days": "7", "fee.rate": "0.5", "fee.base": "remaining", "fee.after_days": "none", "limit.amount": "1.50",
	"limit.window_days": "30", "limit.measure": "refund_amount", "limit.current_instalment": "included",
	"exchange.current_instalment": "included", "exchange.max_purchases": "unlimited", "roles": "[Buyer]",
	"non_refundable_products": "[]", "government_ea_self_service": "true", "price_basis": "purchase",
	"missing_current_price": "hold", "rounding": "half_even", "credit.validity_days": "30",
	"overage": "partial_credit_note", "tolerance": "0.1", "match_days": "1", "due_days": "1",
}

// Every key sets one field, in the billing type that it names and no other; and every field is set by a key.
func TestEveryKeySetsItsField(t *testing.T) {
	set := map[string]string{}
	for _, k := range keys {
		body := "id: mine\ntitle: mine\nextends: azure-2020\n" + k.name + ": {EA: " + other[k.name] + "}\n"
		p, err := Read("p.yaml", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		base, err := Builtin("azure-2020")
		if err != nil {
			t.Fatal(err)
		}
		for _, bt := range BillingTypes[1:] {
			if !reflect.DeepEqual(p.ByType[bt], base.ByType[bt]) {
				t.Errorf("%s of EA changed %s", k.name, bt)
			}
		}
		was, is := reflect.ValueOf(*base.ByType[EA]), reflect.ValueOf(*p.ByType[EA])
		for i := range was.NumField() {
			if field := was.Type().Field(i).Name; !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
				if by, twice := set[field]; twice {
					t.Errorf("%s is set by %s and by %s", field, by, k.name)
				}
				set[field] = k.name
			}
		}
	}
	if fields := reflect.TypeFor[Parameters]().NumField(); len(set) != fields || len(keys) != fields {
		t.Errorf("%d keys set %d of %d fields: %v", len(keys), len(set), fields, set)
	}
}

func TestWordsAndBounds(t *testing.T) {
	p, err := Read("p.yaml", []byte("fee.after_days: none\nfee.rate: 1\nlimit.amount: 1000000000000\ngrace.days: 0\n"+
		"exchange.max_purchases: 2\nnon_refundable_products: []\ntolerance: 0"+rest))
	if err != nil {
		t.Fatal(err)
	}
	got := *p.ByType[PAYGCard]
	if got.FeeAfterDays != -1 || got.FeeRate != money.NewDecimal(1, 0) || got.LimitAmount != money.Must("1000000000000 USD") ||
		got.GraceDays != 0 || got.ExchangeMaxPurchases != 2 || len(got.NonRefundableProducts) != 0 || !got.Tolerance.IsZero() {
		t.Errorf("got %+v", got)
	}
}

// A file that extends keeps what it does not name, adds its sources, and leaves the base as it was.
func TestExtends(t *testing.T) {
	body := []byte("id: our-terms\ntitle: Our terms\nextends: azure-2020\nfee.rate: {CSP: 0.05}\n" +
		"sources: [{title: Our terms, date: 2026-01-01, url: 'https://biller.example/terms'}]\n")
	p, err := Read("our.yaml", body)
	if err != nil {
		t.Fatal(err)
	}
	want := the2020CSP()
	want.FeeRate = money.NewDecimal(5, 2)
	if !reflect.DeepEqual(*p.ByType[CSP], want) || !reflect.DeepEqual(*p.ByType[EA], the2020()) {
		t.Errorf("CSP %+v\nEA %+v", p.ByType[CSP], p.ByType[EA])
	}
	if len(p.Sources) != 3 || p.Sources[2].Title != "Our terms" || p.ID != "our-terms" || p.Title != "Our terms" {
		t.Errorf("id %s, title %s, sources %v", p.ID, p.Title, p.Sources)
	}
	// POL-4: the hash covers both files, as `cat azure-2020.yaml our.yaml | sha256sum` does.
	sum := sha256.Sum256(append(base(t, "", ""), body...))
	if p.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("hash %s, want %x", p.SHA256, sum)
	}
}

// POL-4: of a complete file the hash is that of its bytes, comments included.
func TestHashIsOfTheBytes(t *testing.T) {
	body := base(t, "# FEE-1", "# fee-1")
	p, err := Read("p.yaml", body)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(body); p.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("hash %s, want %x", p.SHA256, sum)
	}
}

func TestManyFaultsAreBounded(t *testing.T) {
	_, err := Read("p.yaml", []byte(strings.Repeat("x: 1\n", 1000)+rest))
	if lines := strings.Split(err.Error(), "\n"); len(lines) != maxFaults+1 || lines[maxFaults] != "p.yaml: and 980 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

// Input is hostile: no bytes may make Read panic, and what it accepts is complete and within its bounds.
func FuzzRead(f *testing.F) {
	for _, id := range IDs() {
		body, err := files.ReadFile("policies/" + id + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte("fee.rate: {CSP: 0.05}" + rest))
	f.Add([]byte("a: &a [*a]\n? [x]\n: y\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := Read("p.yaml", body)
		if err != nil {
			return
		}
		for _, bt := range BillingTypes {
			q := p.ByType[bt]
			if q.FeeRate.Sign() < 0 || q.LimitWindowDays < 1 || q.CreditValidityDays < 1 || len(q.Roles) == 0 || !q.LimitAmount.IsSet() {
				t.Errorf("%s: %+v", bt, q)
			}
		}
	})
}
