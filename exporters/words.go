package exporters

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// words are the texts of a customer's document in one language. A verb in a
// format stands for a number, a date or a name, in the order of the English.
type words struct {
	code          string // ISO 639: of the language
	decimal       string
	thousands     string
	titles        [invoicing.Expiry + 1]string
	kinds         [invoicing.BalanceForwardLine + 1]string // empty: the description says it
	documentNo    string
	issueDate     string
	customerNo    string
	yourReference string
	yourVAT       string
	requests      string
	billTo        string
	// The references of a document.
	cancels, cancelsOther, reverses, replacedBy, replaces, cancelledBy, credits, restates, paysInvoice, takesFrom string
	// The table of lines.
	reversed, expired, expiredBack                         string
	description, quantity, taxRate, amount, order, through string
	// The totals.
	net, tax, taxOn, total, totalCredited, inSEK, outside, plainTotal string
	exemption, reasons                                                map[string]string // by tax category: in a few words, and as a sentence
	// The money.
	moneyTitle, creditedBy, thisInvoice, leftOver, owed, owedBack, toPay                                     string
	toOpen, toHeld, toCard, toPayout, openAgain, heldBack, chargedToCard, terms, defaultTerms                string
	prepaymentCredit, prepaymentZero, overageCredit, noteSettled, noteAlone, setOff, setOffNoTax             string
	expiry, expiryReversed, commitment, commitmentBack, chargeBack, restatement, restatementBack, cardEnding string
	computedTitle, ownAmounts, shareOfPrice, wholePrice                                                      string
	page, seller, contact, registration, payment, vat, company, bankgiro, plusgiro, iban, bic, tel           string
	noSeller, dryRun, noAccount                                                                              string
	steps                                                                                                    *strings.Replacer // of invoicing.Step; nil leaves them as they are
}

// wordsFor chooses the language of an account: its Language, else its Country,
// else the seller's. What is not Swedish is English.
func wordsFor(a *invoicing.Account, s *Seller) *words {
	language := strings.ToLower(a.Language)
	switch country := strings.ToUpper(a.Country); {
	case strings.HasPrefix(language, "sv") || strings.HasPrefix(language, "swe"):
		return &swedish
	case language != "":
		return &english
	case country == "SE":
		return &swedish
	case country == "" && strings.HasPrefix(strings.ToLower(s.Language), "sv"):
		return &swedish
	}
	return &english
}

// number writes an amount as the language does, without its currency: 1 125,00.
func (w *words) number(m money.Money) string { return w.grouped(m.Number()) }

// grouped writes a decimal number as the language does.
func (w *words) grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		digits, sign = digits[1:], "\u2212"
	}
	whole, part, fraction := strings.Cut(digits, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(w.thousands)
		}
		b.WriteByte(whole[i])
	}
	if fraction {
		b.WriteString(w.decimal + part)
	}
	return b.String()
}

// money writes an amount with its currency: 1 125,00 EUR.
func (w *words) money(m money.Money) string { return w.number(m) + "\u00A0" + m.Code() }

// percent writes a rate: 25 %.
func (w *words) percent(d money.Decimal) string { return w.decimalOf(d) + "\u00A0%" }

func (w *words) decimalOf(d money.Decimal) string {
	return strings.ReplaceAll(d.String(), ".", w.decimal)
}

// figure is a number with decimals, or an amount of a currency that has none.
var figure = regexp.MustCompile(`\d+(\.\d+| [A-Z]{3}\b)`)

// signs are those of arithmetic in print.
var signs = strings.NewReplacer(" x ", " \u00D7 ", " - ", " \u2212 ")

// step puts a step of an explanation into the language, figures and all.
func (w *words) step(s string) string {
	if w.steps != nil {
		s = w.steps.Replace(s)
	}
	s = figure.ReplaceAllStringFunc(s, func(f string) string {
		number, code, amount := strings.Cut(f, " ")
		if amount {
			code = "\u00A0" + code
		}
		return w.grouped(number) + code
	})
	return signs.Replace(plainText(s))
}

// lineTitle is what a line of a document is for: its kind and what it concerns. The
// core's descriptions begin with the kind, in English, which is told in the language.
func (w *words) lineTitle(d *invoicing.Document, l *invoicing.Line) string {
	kind := w.kinds[l.Kind]
	if d.Type == invoicing.Expiry {
		kind = w.expired
		if l.Net.Sign() < 0 {
			kind = w.expiredBack
		}
	}
	what, reversed := strings.CutPrefix(plainText(l.Description), "Reversed: ")
	for _, prefix := range []string{"Refund: ", "Early termination fee: ", "Purchase: "} {
		what = strings.TrimPrefix(what, prefix)
	}
	switch l.Kind {
	case invoicing.CreditAppliedLine, invoicing.BalanceForwardLine:
		what = ""
	}
	parts := []string{kind, what}
	if reversed {
		parts = []string{w.reversed, kind, what}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

// foreign names the country of an address, where it is not that of the other party.
func (w *words) foreign(country, other string) string {
	region, err := language.ParseRegion(country)
	switch {
	case strings.EqualFold(country, other):
		return ""
	case err != nil:
		return country
	case w == &swedish:
		return display.Regions(language.Swedish).Name(region)
	}
	return display.Regions(language.English).Name(region)
}
