package table

import (
	"fmt"
	"slices"
	"strings"
)

// Locale says how someone writes numbers and dates, for the columns that nothing
// in them settles (IMP-7). The zero value says nothing. What a column itself says
// always counts before it.
type Locale struct {
	Name         string // sv, en-GB
	decimalComma bool
	dayFirst     bool
}

// locales are those that can be named; of a language with a country that is not
// here the language alone counts, but for English and Spanish, whose countries differ.
var locales = []Locale{
	{"cs", true, true}, {"da", true, true}, {"de", true, true}, {"de-CH", false, true}, {"en", false, false}, {"en-AU", false, true},
	{"en-GB", false, true}, {"en-IE", false, true}, {"en-IN", false, true}, {"en-NZ", false, true}, {"en-SG", false, true}, {"en-US", false, false},
	{"es", true, true}, {"es-ES", true, true}, {"es-MX", false, true}, {"et", true, true}, {"fi", true, true},
	{"fr", true, true}, {"is", true, true}, {"it", true, true}, {"it-CH", false, true}, {"lt", true, true}, {"lv", true, true}, {"nb", true, true},
	{"nl", true, true}, {"nn", true, true}, {"no", true, true}, {"pl", true, true}, {"pt", true, true}, {"sv", true, true},
}

// ParseLocale finds a locale by its name, whatever its case: sv, sv-SE, en_GB.
// Empty is the zero value. An error names those there are.
func ParseLocale(name string) (Locale, error) {
	if name == "" {
		return Locale{}, nil
	}
	tag := strings.ReplaceAll(name, "_", "-")
	language, _, _ := strings.Cut(tag, "-")
	if l := strings.ToLower(language); l == "en" || l == "es" {
		language = tag
	}
	for _, n := range []string{tag, language} {
		if i := slices.IndexFunc(locales, func(l Locale) bool { return strings.EqualFold(l.Name, n) }); i >= 0 {
			return locales[i], nil
		}
	}
	names := make([]string, len(locales))
	for i, l := range locales {
		names[i] = l.Name
	}
	return Locale{}, fmt.Errorf("there is no locale %q; name one of %s", name, strings.Join(names, ", "))
}

// ColumnReading is how the numbers or dates of a column were read, and by what:
// the first cell that is possible one way only, or the locale that was named.
type ColumnReading struct{ Column, As, By string }

// settled is what settles which of two readings a column has.
type settled struct {
	first, second   bool // something has the one reading only, or the other
	row             int  // of the first cell that settles it, as a spreadsheet numbers it
	names           [2]string
	evidence, named string
}

// saw takes a cell that has one of the readings only.
func (s *settled) saw(second bool, row int, cell string) {
	if s.evidence == "" {
		s.row, s.evidence = row, cell
	}
	s.first, s.second = s.first || !second, s.second || second
}

// by lets a locale settle what no cell does.
func (s *settled) by(l Locale, second bool) {
	if l.Name != "" && !s.first && !s.second {
		s.first, s.second, s.named = !second, second, l.Name
	}
}

// open reports whether nothing settles it, or cells do both ways.
func (s *settled) open() bool { return s.first == s.second }

// reading tells what was settled; ok is false where nothing was.
func (s *settled) reading(column string) (r ColumnReading, ok bool) {
	switch {
	case s.open():
		return r, false
	case s.first:
		r.As = s.names[0]
	default:
		r.As = s.names[1]
	}
	r.Column, r.By = column, "locale "+s.named
	if s.named == "" {
		r.By = fmt.Sprintf("row %d: %s", s.row, cutValue(s.evidence))
	}
	return r, true
}
