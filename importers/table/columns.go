package table

// Columns is how the typed columns of a sheet are read: learnt from all of its rows,
// be they held or not, and then used to read them.
type Columns struct {
	named Locale
	specs []ColumnSpec
	learn []learnt
}

// learnt is what the cells of one column say of it.
type learnt struct {
	settled
	turned   turned
	mattered bool
}

// NewColumns knows nothing yet.
func NewColumns(specs []ColumnSpec, named Locale) *Columns {
	return &Columns{named: named, specs: specs, learn: make([]learnt, len(specs))}
}

// Learn looks at rows of the sheet, of which each must be looked at before the first
// is read.
func (c *Columns) Learn(t *Table) {
	c.each(t, func(l *localiser) {
		switch l.spec.Type {
		case Numeric, Percent:
			l.learnNumbers()
		case Date:
			l.learnDates()
		}
	})
}

// Read reads rows as Localise does.
func (c *Columns) Read(t *Table) (faults []CellFault) {
	c.strike(t)
	c.each(t, func(l *localiser) {
		l.cells()
		switch l.spec.Type {
		case Text:
			l.texts()
		case Numeric, Percent:
			l.by(c.named, c.named.decimalComma)
			l.numbers()
		case Date:
			l.by(c.named, c.named.dayFirst)
			l.dates()
		}
		faults = append(faults, l.faults...)
	})
	return faults
}

// strike refuses the rows of which someone has struck through what is asked for: they
// may be taken back, or done.
func (c *Columns) strike(t *Table) {
	for i := range t.Rows {
		r := &t.Rows[i]
		for col := range min(len(r.Marks), len(c.specs)) {
			if r.Fault == "" && r.Marks[col] == IsStruck && c.specs[col].Type != Unread {
				r.Fault = "StruckThrough"
			}
		}
	}
}

// Needed says of each column whether anything asks for it.
func (c *Columns) Needed() []bool {
	need := make([]bool, len(c.specs))
	for i := range need {
		need[i] = c.specs[i].Type != Unread
	}
	return need
}

// each calls f for every column that someone asks for.
func (c *Columns) each(t *Table, f func(*localiser)) {
	for col, spec := range c.specs {
		if spec.Type != Unread {
			f(&localiser{learnt: &c.learn[col], t: t, workbook: t.Sheet != "", col: col, spec: spec})
		}
	}
}

// Readings tells how the columns were read, where that mattered.
func (c *Columns) Readings(header []string) (told []ColumnReading) {
	for col := range c.learn {
		l := &c.learn[col]
		if r, ok := l.reading(header[col]); ok && (l.mattered || l.settled.named == "") {
			told = append(told, r)
		}
	}
	return told
}

// turned is what tells a column in which a spreadsheet program has turned day and
// month round: of 09/05/2023 and 09/21/2023, opened where the day comes first, it
// makes 9 May of the one and leaves the other as text.
type turned struct {
	left       string // a text that it could not make a date of; empty for none
	open, late bool   // another text it could have; a date that it cannot have turned
}

func (t *turned) saw(d Day, cell string) {
	switch {
	case d.MDY != 0 && d.DMY != 0:
		t.open = true
	case d.MDY != 0 || d.DMY != 0:
		t.left = cell
	case d.Sure != 0:
		_, _, day := d.Sure.Civil()
		t.late = t.late || day > 12
	}
}

// is reports whether it looks so.
func (t *turned) is() bool { return t.left != "" && !t.open && !t.late }
