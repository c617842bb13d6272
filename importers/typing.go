package importers

import (
	"bytes"
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"prorata/importers/table"
	"prorata/invoicing/money"
)

// The fixed format of vendor files, and what it shares with plain cells of house
// sheets: numbers with a decimal point, dates as 09/21/2023 or ISO, terms.

// parseAmount reads a plain number of at most 13 digits before the decimal point:
// more would not fit an amount of every currency.
func parseAmount[T string | []byte](s T, c money.Currency) (money.Money, bool) {
	digits := 0
	for i := 0; i < len(s) && s[i] != '.'; i++ {
		if s[i] != '-' && s[i] != '+' && (s[i] != '0' || digits > 0) {
			digits++
		}
	}
	if digits > 13 {
		return money.Money{}, false
	}
	m, err := money.Parse(s, c)
	return m, err == nil
}

// chargeDecimals is how many decimals an amount may have that is charged or credited.
// With 13 digits before them they are the 18 that an amount holds, so that charges can be added.
const chargeDecimals = 5

// parseWhole reads a whole number up to a billion, also as 1.0 and with a sign.
func parseWhole[T string | []byte](s T) (n int, ok bool) {
	i, negative := 0, false
	if len(s) > 0 && s[0] == '-' {
		i, negative = 1, true
	}
	first := i
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if n = n*10 + int(s[i]-'0'); n > 1e9 {
			return 0, false
		}
	}
	if i == first {
		return 0, false
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s) && s[i] == '0'; i++ {
		}
	}
	if negative {
		n = -n
	}
	return n, i == len(s)
}

// fixedDate reads a date of a vendor file: 09/21/2023 or 9/21/2023, 2023-09-21,
// also with a time of day, which is taken to UTC.
func fixedDate(b []byte) (money.Date, bool) {
	if len(b) == 10 {
		switch {
		case b[2] == '/' && b[5] == '/':
			return civil(b[6:], b[:2], b[3:5])
		case b[4] == '-' && b[7] == '-':
			return civil(b[:4], b[5:7], b[8:])
		}
	}
	if len(b) < 8 || len(b) > 40 {
		return 0, false
	}
	if d, ok := table.ParseInstant(b); ok {
		return d, true
	}
	if bytes.IndexByte(b, '/') < 0 {
		return 0, false
	}
	d := table.ReadDay(string(b)).MDY
	return d, d != 0
}

func civil(year, month, day []byte) (money.Date, bool) {
	y, ok1 := digits(year)
	m, ok2 := digits(month)
	d, ok3 := digits(day)
	if !ok1 || !ok2 || !ok3 {
		return 0, false
	}
	return money.ValidDate(y, m, d)
}

func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(b) > 0
}

// parseTerm reads a term as it is written anywhere (PRO-1) and returns its months.
func parseTerm(s string) (months int, ok bool) {
	switch s {
	case "P1Y", "12":
		return 12, true
	case "P3Y", "36":
		return 36, true
	case "P5Y", "60":
		return 60, true
	}
	if len(s) > 40 {
		return 0, false
	}
	months, rest := leadingTerm(s)
	return months, months > 0 && rest == ""
}

// leadingTerm reads a term at the beginning of a text and returns what follows it:
// `One-Year commitment for monthly billing`.
func leadingTerm(s string) (months int, rest string) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, t := range []struct {
		months int
		words  [3]string
	}{{12, [3]string{"1", "one", "p1y"}}, {36, [3]string{"3", "three", "p3y"}}, {60, [3]string{"5", "five", "p5y"}}} {
		if rest, ok := strings.CutPrefix(s, t.words[2]); ok {
			return t.months, ending(rest)
		}
		for _, w := range t.words[:2] {
			rest, ok := strings.CutPrefix(s, w)
			if !ok {
				continue
			}
			rest = strings.TrimLeft(rest, " -")
			if rest, ok = strings.CutPrefix(rest, "year"); ok {
				return t.months, ending(strings.TrimPrefix(rest, "s"))
			}
		}
	}
	return 0, s
}

// ending returns what follows a word, or a mark that no word ended there.
func ending(rest string) string {
	if r, _ := utf8.DecodeRuneInString(rest); rest != "" && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return "?"
	}
	return strings.Trim(rest, " ,-")
}

// sameWord compares two words whatever their case, spaces, hyphens and underscores.
func sameWord(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	return bareWord(a) == bareWord(b)
}

// bareWord is a word as words are compared.
func bareWord(s string) string { return strings.ToLower(bare.Replace(table.Plain(s))) }

var bare = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "")

// canonicalRegion is the region's name in the vendor's interfaces: West Europe is
// westeurope, and so is EU West, as price sheets call it. Prices are found by it (PRO-7), and the files write it both ways.
func canonicalRegion(s string) string {
	name := bareRegion(s)
	return cmp.Or(meterRegions()[name], name)
}

// bareRegion is a region's name as names are compared.
func bareRegion(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

// maskCard reports whether a text looks like a card number, and shows its last
// four digits alone.
func maskCard(s string) (masked string, is bool) {
	d, only := cardDigits(s)
	return maskDigits(s), only && len(d) >= 13 && len(d) <= 19 && luhn(d)
}

// maskDigits hides all but the last four digits of a text with 13 or more.
func maskDigits(s string) string {
	d, _ := cardDigits(s)
	if len(d) < 13 {
		return s
	}
	return strings.Repeat("*", len(d)-4) + string(d[len(d)-4:])
}

// cardDigits returns the digits of a text, and whether it has nothing else but
// what people put between groups.
func cardDigits(s string) (d []byte, only bool) {
	only = true
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			d = append(d, byte(c))
		case !unicode.IsSpace(c) && c != '-' && c != '.':
			only = false
		}
	}
	return d, only
}

// luhn is the check of card numbers (ISO/IEC 7812-1).
func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}
