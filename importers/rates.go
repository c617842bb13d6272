package importers

import (
	"strings"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// exchangeRates is the euro reference rates as the European Central Bank
// publishes them (IMP-5), the history and the daily file: a column for each
// currency, which come and go; N/A where there is none; the newest day first.
var exchangeRates = &Kind{
	Name: "ExchangeRates", Doc: "euro reference rates: eurofxref-hist.csv or eurofxref.csv",
	Columns: []Column{
		{Name: "Date", Required: true, Filled: true, Type: table.Date, Doc: "day of publication", Example: "2026-04-13"},
		{Name: "USD", Required: true, Doc: "units of the currency for one euro; a column for each", Example: "1.1684"},
	},
	matches: isRates,
	sheet:   readRates,
}

// isRates reports whether a header is a date and then currency codes alone, with
// room for those that are no more, and the empty column behind the last comma.
func isRates(header []string) bool {
	if len(header) == 0 || table.Canonical(header[0]) != "date" {
		return false
	}
	known := 0
	for _, h := range header[1:] {
		switch h = strings.TrimSpace(h); {
		case h == "":
		case len(h) != 3 || strings.ToUpper(h) != h:
			return false
		default:
			if _, err := money.ParseCurrency(h); err == nil {
				known++
			}
		}
	}
	return known > 0
}

func readRates(s *sheet) error {
	currencies := make([]money.Currency, len(s.table.Header))
	for i, h := range s.table.Header[1:] {
		currencies[i+1], _ = money.ParseCurrency(h) // one that is no more is of no use to us
	}
	r := &row{sheet: s}
	comma := hasDecimalCommas(s.table)
	for i := range s.table.Rows {
		if i%chunk == 0 {
			if err := s.stop(); err != nil {
				return err
			}
		}
		ok, err := r.begin(i)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		rates := r.rates(i, currencies, comma)
		if len(rates) == 0 && r.good() {
			s.ignored++
		}
		for k := range rates {
			if err := s.sink.Rate(&rates[k]); err != nil {
				return err
			}
		}
		if err := r.end(); err != nil {
			return err
		}
	}
	return nil
}

// hasDecimalCommas reports whether the file was saved again where the decimal sign is a
// comma (IMP-7): some rates can be read that way only, and none with a point only.
func hasDecimalCommas(t *table.Table) (yes bool) {
	for i := range t.Rows {
		for _, cell := range t.Rows[i].Cells {
			n := table.ReadNumber(cell)
			if n.HasDot && !n.HasCom {
				return false
			}
			yes = yes || n.HasCom && !n.HasDot
		}
	}
	return yes
}

// rates reads one day's rates; none where the row is refused. The format is
// fixed, so numbers have a decimal point whatever the column, or all have a comma.
func (r *row) rates(i int, currencies []money.Currency, comma bool) []invoicing.Rate {
	cells := &r.sheet.table.Rows[i]
	date := r.date("Date", strings.TrimSpace(cells.Cell(r.sheet.at[0])))
	var out []invoicing.Rate
	for col, c := range currencies {
		v := strings.TrimSpace(cells.Cell(col))
		if c.IsZero() || v == "" || v == "N/A" {
			continue
		}
		plain := v
		if comma {
			plain = table.ReadNumber(v).Comma
		}
		d, err := money.ParseDecimal(plain)
		if err != nil || d.Sign() <= 0 {
			r.faultOf(r.sheet.table.Header[col], v, "NotANumber", "a rate above 0, like 10.8920, or N/A", "use the file as it is published")
			continue
		}
		out = append(out, invoicing.Rate{Date: date, Currency: c, Value: d, Source: r.source})
	}
	if !r.good() {
		return nil
	}
	return out
}
