package main

import (
	"fmt"
	"testing"

	"prorata/invoicing"
	"prorata/jobs"
)

// TestCheckGoesSheetBySheet: what is wrong is told in the order in which whoever mends
// the workbook goes through it, though it comes by row over all sheets.
func TestCheckGoesSheetBySheet(t *testing.T) {
	f := checkedFile{Sheets: []checkedSheet{{Sheet: "Reservations"}, {Sheet: "Accounts"}}}
	var faults []invoicing.Fault
	for row, sheet := range []string{"Accounts", "Reservations", "Accounts", "Reservations"} {
		faults = append(faults, invoicing.Fault{Source: invoicing.Source{Sheet: sheet, Row: row}})
	}
	f.byNight(&jobs.FileReport{}, faults)
	got := ""
	for _, x := range f.Faults {
		got += fmt.Sprint(x.Sheet, " ", x.Row, "; ")
	}
	if want := "Reservations 1; Reservations 3; Accounts 0; Accounts 2; "; got != want {
		t.Errorf("told as %q, want %q", got, want)
	}
}
