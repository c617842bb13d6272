package exporters

import (
	"fmt"
	"strings"
)

// Formats is the set of formats that a folder is written in (--formats). The
// manifest is always written.
type Formats uint32

// The formats, in the order in which they are listed.
const (
	CSV      Formats = 1 << iota // every .csv register
	JSON                         // each document as JSON
	PDF                          // each document as a PDF that a customer can be sent
	UBL                          // invoices and credit notes as UBL 2.1 for Peppol (DOC-6)
	HLedger                      // the journal as plain-text accounting (OUT-4)
	Workbook                     // the audit as a workbook (OUT-5)
	Page                         // the night on one page, as HTML
)

// AllFormats is what is written where nothing else is asked for.
const AllFormats = CSV | JSON | PDF | UBL | HLedger | Workbook | Page

var formatNames = []struct {
	format Formats
	name   string
}{
	{CSV, "csv"},
	{JSON, "json"},
	{PDF, "pdf"},
	{UBL, "ubl"},
	{HLedger, "hledger"},
	{Workbook, "xlsx"},
	{Page, "html"},
}

// ParseFormats reads a list such as "csv,json"; an empty list and "all" are
// AllFormats. An unknown name is an error that lists the known ones.
func ParseFormats(list string) (Formats, error) {
	if list == "" || list == "all" {
		return AllFormats, nil
	}
	var set Formats
names:
	for _, name := range strings.Split(list, ",") {
		for _, f := range formatNames {
			if strings.TrimSpace(name) == f.name {
				set |= f.format
				continue names
			}
		}
		return 0, fmt.Errorf("%q is not a format: use %s, or all", name, strings.Join(AllFormats.names(), ", "))
	}
	return set, nil
}

// String is the list that ParseFormats reads.
func (f Formats) String() string { return strings.Join(f.names(), ",") }

func (f Formats) names() []string {
	var names []string
	for _, n := range formatNames {
		if f&n.format != 0 {
			names = append(names, n.name)
		}
	}
	return names
}
