package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// noun is one stored type, for the tests that all of them share.
type noun struct {
	name   string
	typ    reflect.Type
	encode func(any) []byte
	decode func(string) (any, error)
}

func nounOf[T any](encode func([]byte, *T) []byte, decode func(string) (T, error)) noun {
	return noun{
		reflect.TypeFor[T]().Name(), reflect.TypeFor[T](),
		func(x any) []byte { return encode(nil, x.(*T)) },
		func(b string) (any, error) { x, err := decode(b); return &x, err },
	}
}

var nouns = []noun{
	nounOf(encodeSettlement, DecodeSettlement),
	nounOf(encodeStanding, decodeStanding),
	nounOf(encodeState, decodeState),
	nounOf(encodeAccount, decodeAccount),
	nounOf(encodePurchase, decodePurchase),
	nounOf(encodeVendorCredit, decodeVendorCredit),
	nounOf(encodeRequest, decodeRequest),
	nounOf(encodeRegisterRow, decodeRegisterRow),
	nounOf(encodePrice, decodePrice),
	nounOf(encodeRate, decodeRate),
	nounOf(encodeCharge, decodeCharge),
	nounOf(encodeUsage, decodeUsage),
	nounOf(EncodeReconciled, decodeReconciled),
}

// fieldValues is where a filler takes its values from: a rapid draw, or a count.
type fieldValues interface {
	number() int64             // any
	text() string              // any, also one seen before
	currency() money.Currency  // any, also none
	small(limit int) int       // 0 to limit
	amount() (int64, int)      // coefficient and scale
	length(element string) int // of a slice; -1 is nil
}

// fill sets every field of a value by reflection, so that it knows a field that
// the codec has forgotten.
func fill(s fieldValues, v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *money.Money:
		*p = fillMoney(s)
		return
	case *money.Decimal:
		*p = money.NewDecimal(s.amount())
		return
	case *money.Currency:
		*p = s.currency()
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() == reflect.TypeFor[invoicing.Settlement]() && v.Type().Field(i).Name == "Standing" {
				continue // stored apart
			}
			fill(s, v.Field(i))
		}
	case reflect.Slice:
		if n := s.length(v.Type().Elem().Name()); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(s, v.Index(i))
			}
		}
	case reflect.Pointer:
		if s.small(1) == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(s, v.Elem())
		}
	case reflect.String:
		v.SetString(s.text())
	case reflect.Bool:
		v.SetBool(s.small(1) == 1)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(s.number()) & (1<<v.Type().Bits() - 1))
	case reflect.Int32:
		v.SetInt(int64(int32(s.number())))
	case reflect.Int, reflect.Int64:
		v.SetInt(s.number())
	default:
		panic("the codec has no form for a " + v.Type().String())
	}
}

func fillMoney(s fieldValues) money.Money {
	cur := s.currency()
	coef, scale := s.amount()
	return money.Of(money.NewDecimal(coef, scale), cur)
}

// drawn takes values from rapid: also zero, none, empty and extreme ones.
type drawn struct{ t *rapid.T }

func (d drawn) number() int64 {
	return rapid.OneOf(rapid.Int64Range(-3, 3), rapid.Int64Range(40_000, 50_000),
		rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, math.MinInt32, math.MaxInt32})).Draw(d.t, "number")
}

func (d drawn) text() string {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "S", "Malmö", "Malmö", strings.Repeat("a", 64)}), rapid.String()).Draw(d.t, "text")
}

func (d drawn) currency() money.Currency {
	code := rapid.SampledFrom([]string{"", "USD", "SEK", "JPY", "KWD", "CLF", "XOF"}).Draw(d.t, "currency")
	c, _ := money.ParseCurrency(code)
	return c
}

func (d drawn) small(limit int) int { return rapid.IntRange(0, limit).Draw(d.t, "small") }

func (d drawn) amount() (int64, int) {
	if d.small(3) == 0 {
		return 0, 0
	}
	return rapid.Int64Range(-1e13, 1e13).Draw(d.t, "coef"), rapid.IntRange(0, money.MaxDecimals).Draw(d.t, "scale")
}

func (d drawn) length(string) int { return rapid.IntRange(-1, 2).Draw(d.t, "length") }

// counted gives every field a value of its own, none of them zero.
type counted struct{ n *int64 }

func (c counted) next() int64 { *c.n++; return *c.n }

func (c counted) number() int64 { return c.next()%250 + 1 }
func (c counted) text() string {
	return "text " + string(rune('a'+c.next()%26)) + string(rune('a'+c.next()%25))
}
func (c counted) currency() money.Currency { return currencies[c.next()%int64(len(currencies))] }
func (c counted) small(limit int) int      { return limit }
func (c counted) amount() (int64, int)     { return c.next()*10 + 1, 4 }
func (c counted) length(string) int        { return 2 }

// emptyToNil replaces empty slices by nil ones, as reading does.
func emptyToNil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				emptyToNil(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.SetZero()
		}
		for i := range v.Len() {
			emptyToNil(v.Index(i))
		}
	}
}

func TestEveryNounIsReadAsItWasWritten(t *testing.T) {
	for _, n := range nouns {
		t.Run(n.name, rapid.MakeCheck(func(t *rapid.T) {
			x := reflect.New(n.typ)
			fill(drawn{t}, x.Elem())
			blob := n.encode(x.Interface())
			if !bytes.Equal(blob, n.encode(x.Interface())) {
				t.Fatal("the same value gave other bytes")
			}
			back, err := n.decode(string(blob))
			if err != nil {
				t.Fatal(err)
			}
			if emptyToNil(x.Elem()); !reflect.DeepEqual(x.Interface(), back) {
				t.Fatalf("wrote %+v\nread  %+v", x.Elem(), reflect.ValueOf(back).Elem())
			}
			if _, err := n.decode(string(blob) + "\x00"); !errors.Is(err, errDamaged) {
				t.Fatalf("a byte too many gave %v", err)
			}
			cut := rapid.IntRange(0, len(blob)-1).Draw(t, "cut")
			if _, err := n.decode(string(blob[:cut])); !errors.Is(err, errDamaged) {
				t.Fatalf("%d of %d bytes gave %v", cut, len(blob), err)
			}
			blob[cut] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
			if _, err := n.decode(string(blob)); err != nil && !errors.Is(err, errDamaged) {
				t.Fatalf("byte %d damaged gave %v", cut, err)
			}
		}))
	}
}

// A field that was added to a noun and forgotten in its visitor fails here.
func TestEveryFieldSurvives(t *testing.T) {
	for _, n := range nouns {
		x := reflect.New(n.typ)
		fill(counted{new(int64)}, x.Elem())
		back, err := n.decode(string(n.encode(x.Interface())))
		if err != nil {
			t.Errorf("%s: %v", n.name, err)
			continue
		}
		for _, lost := range differing(n.name, x.Elem(), reflect.ValueOf(back).Elem()) {
			t.Errorf("%s is not read as it was written: visit it in the codec, under a new version", lost)
		}
	}
}

// differing names the fields in which two values differ.
func differing(path string, a, b reflect.Value) (out []string) {
	_, isMoney := a.Interface().(money.Money)
	switch {
	case reflect.DeepEqual(a.Interface(), b.Interface()):
	case a.Kind() == reflect.Struct && !isMoney:
		for i := range a.NumField() {
			if f := a.Type().Field(i); f.IsExported() {
				out = append(out, differing(path+"."+f.Name, a.Field(i), b.Field(i))...)
			}
		}
	case a.Kind() == reflect.Slice && a.Len() == b.Len():
		for i := range a.Len() {
			out = append(out, differing(path, a.Index(i), b.Index(i))...)
		}
	case a.Kind() == reflect.Pointer && !b.IsNil():
		return differing(path, a.Elem(), b.Elem())
	default:
		out = append(out, path)
	}
	return out
}

// A blob may have more strings than its table has places.
func TestAFullTableOfStrings(t *testing.T) {
	s := invoicing.State{Account: "BP1"}
	for i := range 2 * (maxStrings + 10) {
		s.Drawn = append(s.Drawn, invoicing.Drawn{Key: fmt.Sprintf("key %d", i%(maxStrings+10)), Amount: money.Minor(int64(i), money.SEK)})
	}
	back, err := decodeState(string(encodeState(nil, &s)))
	if err != nil || !reflect.DeepEqual(s, back) {
		t.Errorf("%d keys came back as %d, or as others: %v", len(s.Drawn), len(back.Drawn), err)
	}
}

func TestABlobSaysWhatItIs(t *testing.T) {
	blob := string(encodeUsage(nil, &invoicing.Usage{Order: "R1"}))
	if _, err := decodeCharge(blob); err == nil || !strings.Contains(err.Error(), "it is a usage, not a charge") {
		t.Errorf("a usage read as a charge gave %v", err)
	}
	later := string([]byte{byte(codecVersion+1)<<4 | byte(kindUsage)}) + blob[1:]
	if _, err := decodeUsage(later); err == nil || !strings.Contains(err.Error(), "of version 2, which this program does not know") {
		t.Errorf("a blob of a later version gave %v", err)
	}
}

func TestDamageIsNamed(t *testing.T) {
	for _, c := range []struct {
		kind       kind
		body, want string
	}{
		{kindUsage, "", "it ends too soon"},
		{kindUsage, "\x7e", "a string is longer than what is left"},
		{kindUsage, "\x03", "a string refers to none before it"},
		{kindUsage, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "a number has more than 64 bits"},
		{kindUsage, "\x00\x80\x80\x80\x80\x80\x01", "a date is out of range"},
		{kindUsage, "\x00\x00\x14\x01\x00\x00\x00", "a number is not in lowest terms"}, // 10 / 10^1
		{kindUsage, "\x00\x00\x00\x00\x00\x00\x00", "bytes are left over"},
		{kindRate, "\x00\x01QQQ\x00\x00\x00\x00", "a currency is not known"},
		{kindRate, "\x00\x7f\x00\x00\x00\x00", "a currency is not known"},
		{kindCharge, "\x00\x00\x06\x01\x0a\x00\x00\x00\x00", "an amount is none of its currency"}, // 5 / 10^1 USD
		{kindPurchase, "\x80\x02", "a code is too large"},
		{kindRequest, strings.Repeat("\x00", 13) + "\x02\x00\x00\x00\x00", "a yes or no is neither"},
		{kindStanding, "\x7f", "a list is longer than what is left"},
	} {
		n := nouns[c.kind-1]
		_, err := n.decode(string([]byte{codecVersion<<4 | byte(c.kind)}) + c.body)
		if !errors.Is(err, errDamaged) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %x gave %v, want %s", c.kind, c.body, err, c.want)
		}
	}
}

// FuzzDecode: whatever the bytes, reading gives an error or a value that is read
// as it is written; it never panics.
func FuzzDecode(f *testing.F) {
	for i, n := range nouns {
		f.Add(i, n.encode(reflect.New(n.typ).Interface()))
		x := reflect.New(n.typ)
		fill(counted{new(int64)}, x.Elem())
		f.Add(i, n.encode(x.Interface()))
	}
	f.Fuzz(func(t *testing.T, i int, blob []byte) {
		n := nouns[uint(i)%uint(len(nouns))]
		x, err := n.decode(string(blob))
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Fatalf("%s: %v does not say that the blob is damaged", n.name, err)
			}
			return
		}
		if back, err := n.decode(string(n.encode(x))); err != nil || !reflect.DeepEqual(x, back) {
			t.Fatalf("%s: read %+v, then %+v, %v", n.name, x, back, err)
		}
	})
}
