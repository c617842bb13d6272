package exporters

import "prorata/invoicing"

// rejectedRows is rejected-rows.csv: what was refused, where, and how to mend it
// (OUT-3). Row is empty where a whole file or sheet is refused.
var rejectedRows = &register{
	columns: columns{"File", "Sheet", "Row", "Column", "Value", "Code", "Expected", "Fix"},
	refusal: func(p *press, c *cells, f *invoicing.Fault) {
		c.text(p.source(f.Source).Name)
		c.text(f.Source.Sheet)
		c.countIf(f.Source.Row > 0, f.Source.Row)
		c.text(f.Column)
		c.text(f.Value)
		c.text(f.Code)
		c.text(f.Expected)
		c.text(f.Fix)
		c.end()
	},
}
