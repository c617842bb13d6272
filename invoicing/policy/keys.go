package policy

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"prorata/invoicing/money"
)

// key is one parameter as a file names it, and the rules that use it.
type key struct {
	name, rules string
	field
}

// field is one field of the parameters: read sets it from a value, or says what
// was expected; show writes it as a file would say it.
type field struct {
	read    func(*yaml.Node, *Parameters) (expected string, ok bool)
	show    func(*Parameters) string
	choices []string // the words that may stand there, where they can be listed
}

// maxDays bounds every count of days: ten years.
const maxDays = 3660

// keys lists every parameter of RULES.md, in the order of Parameters.
var keys = []key{
	{"grace.days", "PRO-9", count(func(p *Parameters) *int { return &p.GraceDays }, 0, maxDays, word{"none", -1})},
	{"fee.rate", "FEE-1", decimal(func(p *Parameters) *money.Decimal { return &p.FeeRate }, 1, "a fraction: 0.12 is 12 percent")},
	{"fee.base", "FEE-1", choice(func(p *Parameters) *FeeBase { return &p.FeeBase }, "prorated", "remaining", "purchase_amount")},
	{"fee.after_days", "FEE-1", count(func(p *Parameters) *int { return &p.FeeAfterDays }, 0, maxDays, word{"none", -1})},
	{"limit.amount", "LIM-1", usd(func(p *Parameters) *money.Money { return &p.LimitAmount })},
	{"limit.window_days", "LIM-1, LIM-2", count(func(p *Parameters) *int { return &p.LimitWindowDays }, 1, maxDays, word{})},
	{"limit.measure", "LIM-1", choice(func(p *Parameters) *LimitMeasure { return &p.LimitMeasure }, "canceled_commitment", "refund_amount")},
	{"limit.current_instalment", "PRO-5", either(func(p *Parameters) *bool { return &p.LimitCurrentInstalment }, "excluded", "included")},
	{"exchange.current_instalment", "PRO-5, EXC-3", either(func(p *Parameters) *bool { return &p.ExchangeCurrentInstalment }, "excluded", "included")},
	{"exchange.max_purchases", "EXC-2", count(func(p *Parameters) *int { return &p.ExchangeMaxPurchases }, 1, 1000, word{"unlimited", 0})},
	{"roles", "ELG-1", names(func(p *Parameters) *[]string { return &p.Roles }, 1, nil)},
	{"non_refundable_products", "ELG-2", names(func(p *Parameters) *[]string { return &p.NonRefundableProducts }, 0, ProductTypes)},
	{"government_ea_self_service", "ELG-3", either(func(p *Parameters) *bool { return &p.GovernmentSelfService }, "false", "true")},
	{"price_basis", "PRO-7", choice(func(p *Parameters) *PriceBasis { return &p.PriceBasis }, "lowest", "purchase")},
	{"missing_current_price", "PRO-7", choice(func(p *Parameters) *MissingPrice { return &p.MissingCurrentPrice }, "purchase", "hold")},
	{"rounding", "PRO-8", choice(func(p *Parameters) *money.Rounding { return &p.Rounding }, "half_up", "half_even")},
	{"credit.validity_days", "BIL-EA-2", count(func(p *Parameters) *int { return &p.CreditValidityDays }, 1, maxDays, word{})},
	{"overage", "BIL-EA-3", choice(func(p *Parameters) *Overage { return &p.Overage }, "reopen", "partial_credit_note")},
	{"tolerance", "REC-1", decimal(func(p *Parameters) *money.Decimal { return &p.Tolerance }, 1000, "of the currency's unit: 0.01")},
	{"match_days", "REC-1", count(func(p *Parameters) *int { return &p.MatchDays }, 0, maxDays, word{})},
	{"due_days", "REC-2", count(func(p *Parameters) *int { return &p.DueDays }, 0, maxDays, word{})},
}

// word is what may stand in a number's place, and the number it stands for.
type word struct {
	text  string
	value int
}

// count reads a whole number from low through high, or a word.
func count(of func(*Parameters) *int, low, high int, w word) field {
	expected := fmt.Sprintf("a whole number from %d to %d", low, high)
	if w.text != "" {
		expected += ", or " + w.text
	}
	read := func(n *yaml.Node, p *Parameters) (string, bool) {
		if w.text != "" && n.Value == w.text && n.ShortTag() == "!!str" {
			*of(p) = w.value
			return "", true
		}
		v, err := strconv.Atoi(n.Value)
		if err != nil || n.ShortTag() != "!!int" || v < low || v > high {
			return expected, false
		}
		*of(p) = v
		return "", true
	}
	show := func(p *Parameters) string {
		if v := *of(p); w.text == "" || v != w.value {
			return strconv.Itoa(v)
		}
		return w.text
	}
	if w.text == "" {
		return field{read: read, show: show}
	}
	return field{read, show, []string{w.text}}
}

// number reads a decimal number from 0 through high as it is written: never by way of a float.
func number(n *yaml.Node, high int64) (money.Decimal, bool) {
	if tag := n.ShortTag(); tag != "!!int" && tag != "!!float" {
		return money.Decimal{}, false
	}
	d, err := money.ParseDecimal(n.Value)
	num, den := d.Fraction()
	return d, err == nil && num >= 0 && (num/den < high || num/den == high && num%den == 0)
}

// decimal reads a number from 0 through high.
func decimal(of func(*Parameters) *money.Decimal, high int64, unit string) field {
	read := func(n *yaml.Node, p *Parameters) (string, bool) {
		d, ok := number(n, high)
		if !ok {
			return fmt.Sprintf("a number from 0 to %d, %s", high, unit), false
		}
		*of(p) = d
		return "", true
	}
	return field{read: read, show: func(p *Parameters) string { return of(p).String() }}
}

// usd reads an amount of US dollars in whole cents (LIM-5).
func usd(of func(*Parameters) *money.Money) field {
	const high = 1_000_000_000_000
	read := func(n *yaml.Node, p *Parameters) (string, bool) {
		if d, ok := number(n, high); ok {
			*of(p) = money.Of(d, money.USD)
			if _, cents := of(p).Units(); cents {
				return "", true
			}
		}
		return fmt.Sprintf("an amount of USD from 0 to %d, with at most 2 decimals", high), false
	}
	return field{read: read, show: func(p *Parameters) string { return of(p).Number() }}
}

// choice reads one of the values of an enumeration, in the order of its constants.
func choice[T ~uint8](of func(*Parameters) *T, values ...string) field {
	read := func(n *yaml.Node, p *Parameters) (string, bool) {
		for i, v := range values {
			if n.Value == v && n.ShortTag() == "!!str" {
				*of(p) = T(i)
				return "", true
			}
		}
		return strings.Join(values, " or "), false
	}
	return field{read, func(p *Parameters) string { return values[*of(p)] }, values}
}

// either reads one of two words, the second of which is true.
func either(of func(*Parameters) *bool, no, yes string) field {
	read := func(n *yaml.Node, p *Parameters) (string, bool) {
		if tag := n.ShortTag(); n.Value != no && n.Value != yes || tag != "!!bool" && tag != "!!str" {
			return no + " or " + yes, false
		}
		*of(p) = n.Value == yes
		return "", true
	}
	show := func(p *Parameters) string {
		if *of(p) {
			return yes
		}
		return no
	}
	return field{read, show, []string{no, yes}}
}
