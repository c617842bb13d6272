package importers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// newsRow is a row of an export: its order, units and what the vendor calls the profile.
func newsRow(order, units int, profile string) string {
	return fmt.Sprintf("100.00,Standard_E2as_v4,OneTime,BP1,%s,USD,\"Reserved VM Instance, Standard_E2as_v4\",02/27/2024,Purchase,E1,/i/E1,IS1,Section 1,"+
		"b25c8ef4-78aa-5503-6607-69388d5165b0,Subscription 1,%d,westeurope,A27C0F26-1f7b-5b8f-98c8-%012d,VM_RI,P3Y\n", profile, units, order)
}

// TestWhatAnEarlierExportHad: of an export of which an earlier one is at hand, the rows
// of the orders that have a line more are read, and all others are known; what becomes
// of a row that is read is what becomes of it anyway.
func TestWhatAnEarlierExportHad(t *testing.T) {
	var rows []string
	for n := range 100 {
		rows = append(rows, newsRow(n, 1, "Kund"))
	}
	with := func(change func(rows []string) []string) string {
		return bulkHeader + strings.Join(change(slices.Clone(rows)), "")
	}
	earlier := with(func(rows []string) []string { return rows })
	for _, c := range []struct {
		name    string
		earlier string
		text    string
		read    []int // orders
		known   int
		refused int
	}{
		{name: "nothing is new", text: earlier, read: nil, known: 100},
		{name: "units changed", text: with(func(rows []string) []string { rows[7] = newsRow(7, 2, "Kund"); return rows }), read: []int{7}, known: 99},
		{
			name: "a new order on top and a second row of an old one below",
			text: with(func(rows []string) []string {
				return append(slices.Insert(rows, 0, newsRow(777, 1, "Kund")), newsRow(50, 3, "Kund"))
			}),
			read: []int{777, 50, 50}, known: 99,
		},
		{name: "the same row once more", text: with(func(rows []string) []string { return slices.Insert(rows, 9, rows[8]) }), read: []int{8, 8}, known: 99},
		{name: "rows are left out", text: with(func(rows []string) []string { return rows[20:] }), known: 80},
		{
			name: "an order written as a path",
			text: with(func(rows []string) []string {
				rows[3] = strings.Replace(rows[3], "A27C0F26", "/providers/Microsoft.Capacity/reservationOrders/A27C0F26", 1)
				return rows
			}),
			read: []int{3}, known: 99,
		},
		{name: "another name of the profile", text: with(func(rows []string) []string { rows[3] = newsRow(3, 1, "Kund AB"); return rows }), read: []int{3}, known: 99},
		{
			name: "units that are none", text: with(func(rows []string) []string {
				rows[4] = strings.Replace(rows[4], ",1,westeurope", ",one,westeurope", 1)
				return rows
			}),
			read: nil, known: 99, refused: 1,
		},

		{name: "no earlier one", earlier: "none", text: earlier, read: upTo(100)},
		{name: "a damaged earlier one", earlier: "damaged", text: earlier, read: upTo(100)},
		{name: "other columns", earlier: strings.Replace(earlier, "BillingProfileName", "ProfileName", 1), text: earlier, read: upTo(100)},
		{
			name: "a torn line, which its neighbours may lack a piece of", text: with(func(rows []string) []string {
				return slices.Insert(rows, 50, "piece\n")
			}),
			read: slices.DeleteFunc(upTo(100), func(n int) bool { return n == 49 || n == 50 }), refused: 3,
		},
		{name: "a line without an order", text: with(func(rows []string) []string {
			rows[6] = strings.Replace(rows[6], "A27C0F26-1f7b-5b8f-98c8-000000000006", "", 1)
			return rows
		}), read: slices.Delete(upTo(100), 6, 7), refused: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := c.earlier
			if before == "" {
				before = earlier
			}
			how := Reading{}.After(func(kind string) (*io.SectionReader, error) {
				switch {
				case kind != "ReservationTransactionsMCA":
					t.Errorf("an earlier export of kind %s is asked for", kind)
				case before == "none":
					return nil, nil
				case before == "damaged":
					return io.NewSectionReader(failing{bytes.NewReader([]byte(earlier)), 4 << 10, 5 << 10}, 0, int64(len(earlier))), nil
				}
				return io.NewSectionReader(strings.NewReader(before), 0, int64(len(before))), nil
			})
			var all, got recorder
			read := func(how Reading, r *recorder) SheetReport {
				report, err := how.Read(context.Background(), "t.csv", strings.NewReader(c.text), int64(len(c.text)), 1, r)
				if err != nil {
					t.Fatal(err)
				}
				return report.Sheets[0]
			}
			whole, report := read(Reading{}, &all), read(how, &got)
			want := slices.DeleteFunc(all.lines, func(line string) bool {
				return strings.HasPrefix(line, "purchase") && !slices.ContainsFunc(c.read, func(n int) bool {
					return strings.Contains(line, fmt.Sprintf("Order=\"a27c0f26-1f7b-5b8f-98c8-%012d\"", n))
				})
			})
			if !slices.Equal(got.lines, want) || len(got.lines) < len(c.read)+c.refused {
				t.Errorf("read are\n%s\nwant\n%s", strings.Join(got.lines, "\n"), strings.Join(want, "\n"))
			}
			if report.LeftOut != c.known || report.Refused != c.refused || report.Rows != whole.Rows || report.Refused != whole.Refused {
				t.Errorf("the report is %+v, want %d known and %d refused; without an earlier export it is %+v", report, c.known, c.refused, whole)
			}
		})
	}
}

func upTo(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// TestAskingForAnEarlierExportFails: that is no reason to read all, as a damaged one is.
func TestAskingForAnEarlierExportFails(t *testing.T) {
	file := bulkHeader + newsRow(1, 1, "Kund")
	how := Reading{}.After(func(string) (*io.SectionReader, error) { return nil, errDisk })
	var r recorder
	if _, err := how.Read(context.Background(), "t.csv", strings.NewReader(file), int64(len(file)), 1, &r); !errors.Is(err, errDisk) || len(r.lines) > 0 {
		t.Errorf("%v after %q", err, r.lines)
	}
}
