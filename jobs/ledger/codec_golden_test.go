package ledger

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Until the first release, version 1 is written anew when a noun changes. After
// it, a new field is a new version, and only that version's files are written.
var writeGolden = flag.Bool("codec-golden", false, "write testdata/codec-vN of the codec's version")

func goldenFolder(version int) string {
	return filepath.Join("testdata", fmt.Sprintf("codec-v%d", version))
}

// Blobs of every version stay readable for ever: each gives the fields that it
// gave when it was written.
func TestOldBlobsAreReadable(t *testing.T) {
	if *writeGolden {
		goldenBlobs(t)
	}
	for version := 1; version <= codecVersion; version++ {
		for _, n := range nouns {
			path := filepath.Join(goldenFolder(version), n.name)
			blob, err := os.ReadFile(path + ".bin")
			if os.IsNotExist(err) && version < codecVersion {
				continue // the noun is younger
			}
			want, err2 := os.ReadFile(path + ".txt")
			if err != nil || err2 != nil {
				t.Fatalf("%v, %v: write the golden blobs with go test ./jobs/ledger -args -codec-golden", err, err2)
			}
			x, err := n.decode(string(blob))
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			if diff := firstDifference(leaves(x), strings.TrimSuffix(string(want), "\n")); diff != "" {
				t.Errorf("%s: %s", path, diff)
			}
		}
	}
}

func goldenBlobs(t *testing.T) {
	dir := goldenFolder(codecVersion)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, n := range nouns {
		x := reflect.New(n.typ)
		fill(counted{new(int64)}, x.Elem())
		for ext, content := range map[string][]byte{".bin": n.encode(x.Interface()), ".txt": []byte(leaves(x.Interface()) + "\n")} {
			if err := os.WriteFile(filepath.Join(dir, n.name+ext), content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// leaves lists the fields of a value that are not zero, one a line, so that a
// field that is added later changes nothing.
func leaves(x any) string {
	var lines []string
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		if v.IsZero() {
			return
		}
		switch v.Interface().(type) {
		case money.Money, money.Decimal, money.Currency, money.Date:
			lines = append(lines, fmt.Sprintf("%s = %v", path, v.Interface()))
			return
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
			}
		case reflect.Pointer:
			walk(path, v.Elem())
		case reflect.String:
			lines = append(lines, fmt.Sprintf("%s = %q", path, v.String()))
		case reflect.Uint8, reflect.Uint32, reflect.Uint64:
			lines = append(lines, fmt.Sprintf("%s = %d", path, v.Uint()))
		case reflect.Bool:
			lines = append(lines, path+" = true")
		default:
			lines = append(lines, fmt.Sprintf("%s = %d", path, v.Int()))
		}
	}
	walk(reflect.TypeOf(x).Elem().Name(), reflect.ValueOf(x).Elem())
	return strings.Join(lines, "\n")
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d is %s, want %s", i+1, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		return fmt.Sprintf("%d fields are set, want %d", len(g), len(w))
	}
	return ""
}

// Blobs hold enumerations by number: a number is never given to another name. A
// new name goes to the end; RULES.md's order is for the reports.
func TestNumbersOfEnumerationsStay(t *testing.T) {
	for _, e := range []struct {
		what, names string // from the first
		first       int
		name        func(int) string
	}{
		{"billing types", "EA PAYG-Invoice PAYG-Card CSP", 1, nameOf[policy.BillingType]},
		{"clouds", "Public USGovernment", 0, nameOf[invoicing.Cloud]},
		{"ways to refund", "HeldCredit Payout", 0, nameOf[invoicing.RefundTo]},
		{"plans", "Upfront Monthly", 1, nameOf[invoicing.Plan]},
		{"kinds of funding", "Prepayment Overage", 1, nameOf[invoicing.Funding]},
		{"actions", "Refund Return Purchase TransferOut TransferIn Withdraw Reverse", 1, nameOf[invoicing.Action]},
		{"outcomes", "Approved Rejected Held", 1, nameOf[invoicing.Outcome]},
		{"price bases", "Purchase Current", 1, nameOf[invoicing.PriceBasis]},
		{"kinds of credit", "Prepayment Held", 1, nameOf[invoicing.CreditKind]},
		{"document types", "CreditNote CreditMemo Invoice InvoiceRevision CommitmentCharge SetOff Expiry", 1, nameOf[invoicing.DocumentType]},
		{"kinds of line", "Charge Refund Fee Purchase CreditApplied BalanceForward", 1, nameOf[invoicing.LineKind]},
		{"ways of what is left over", "OpenAmount HeldCredit Card Payout", 1, nameOf[invoicing.LeftOverTo]},
		{"reasons", "ReservationUnknown AccountUnknown OrderConflict PriceUnknown RateUnknown InvoiceUnknown CommitmentInactive CardChanged " +
			"NotOwner NotRefundable GovernmentCloud BeforePurchase TermEnded QuantityExceeded ExchangeIncomplete AccountMismatch " +
			"DateMismatch CurrencyMismatch TypeMismatch TooManyPurchases CommitmentTooLow LimitExceeded", 0, nameOf[invoicing.Reason]},
		{"rules", "POL-2 PRO-1 PRO-2 PRO-3 PRO-4 PRO-5 PRO-6 PRO-7 PRO-7-missing PRO-8 PRO-9 PRO-10 FEE-1 FEE-2 FEE-3 " +
			"LIM-1 LIM-2 LIM-3 LIM-4 LIM-5 ELG-1 ELG-2 ELG-3 ELG-4 ELG-5 EXC-1 EXC-2 EXC-3 EXC-4 EXC-5 EXC-6 EXC-7 " +
			"BIL-EA-1 BIL-EA-2 BIL-EA-3 BIL-INV-1 BIL-INV-2 BIL-INV-3 BIL-CARD-1 BIL-CSP-1 DOC-4 IMP-1 IMP-10", 0, nameOf[invoicing.Rule]},
	} {
		for i, want := range strings.Fields(e.names) {
			if got := e.name(e.first + i); got != want {
				t.Errorf("of the %s, number %d is stored as %s and is now %s", e.what, e.first+i, want, got)
			}
		}
	}
	if invoicing.FromSheet != 1 || invoicing.FromTransactions != 2 || invoicing.FromPartner != 3 || invoicing.FromExchange != 4 {
		t.Error("the origins are stored as 1 to 4 and have changed")
	}
	if invoicing.FromHouseSheet != 0 || invoicing.FromPriceSheet != 1 || invoicing.FromRetail != 2 {
		t.Error("the origins of prices are stored as 0 to 2 and have changed")
	}
	if invoicing.UsedYes != 1 || invoicing.UsedNo != 2 {
		t.Error("the answers of Used are stored as 1 and 2 and have changed")
	}
}

func nameOf[E interface {
	~uint8
	fmt.Stringer
}](n int) string {
	return E(n).String()
}
