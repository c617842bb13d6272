package main

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"prorata/exporters"
	"prorata/invoicing"
	"prorata/invoicing/reconcile"
	"prorata/jobs"
)

func listCauses(c *console, path string, filter jobs.BreakFilter, asJSON bool) error {
	if len(filter.Statuses) == 0 { // what is resolved was no difference in the end
		filter.Statuses = []reconcile.Status{reconcile.Open, reconcile.Accepted}
	}
	counts, of, err := jobs.Causes(path, filter)
	if err != nil {
		return err
	}
	type causeJSON struct {
		Cause    string `json:"cause"`
		Count    int    `json:"count"`
		Open     int    `json:"open"`
		Short    string `json:"credited_too_little"`
		Over     string `json:"credited_too_much"`
		Currency string `json:"currency"`
		Shared   int    `json:"also_explained_otherwise"`
		Settings string `json:"policy_parameters"`
	}
	out, t := []causeJSON{}, columns{left: 2}
	t.row("cause", "parameter of the policy", "differences", "open", "credited too little", "too much", "", "also explained otherwise")
	for i := range counts {
		x := &counts[i]
		j := causeJSON{x.Cause, x.Count, x.Open, x.Short.Number(x.Currency), x.Over.Number(x.Currency), x.Currency.String(), x.Shared, x.Settings}
		out = append(out, j)
		t.row(cmp.Or(j.Cause, "no reading known"), j.Settings, strconv.Itoa(j.Count), strconv.Itoa(j.Open), j.Short, j.Over, j.Currency, strconv.Itoa(j.Shared))
	}
	switch {
	case asJSON:
		return writeJSON(c, out)
	case len(counts) == 0:
		_, err := fmt.Fprintln(c.stdout, "there is no such difference")
		return err
	}
	if err := t.write(c.stdout); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "\n%s\n", mostFrequent(counts, of))
	return err
}

// mostFrequent says what a finance team learns: the cause of most differences, and
// how many have none that is known.
func mostFrequent(counts []reconcile.CauseCount, of int) string {
	by := map[string]int{} // over currencies
	most := ""
	for i := range counts {
		x := &counts[i]
		by[x.Cause] += x.Count
		if x.Cause != "" && by[x.Cause] > by[most] || most == "" {
			most = x.Cause
		}
	}
	if most == "" {
		return fmt.Sprintf("no cause is known of %s", invoicing.Counted(of, "difference", "differences"))
	}
	return fmt.Sprintf("%d of %s: %s; no cause is known of %d", by[most], invoicing.Counted(of, "difference", "differences"), most, by[""])
}

type claimJSON struct {
	Break      string   `json:"break"`
	Order      string   `json:"order"`
	Account    string   `json:"account"`
	Quantity   int      `json:"quantity"`
	Action     string   `json:"action"`
	Requests   []string `json:"requests"`
	Expected   string   `json:"expected"`
	Credited   string   `json:"credited"`
	Difference string   `json:"difference"`
	Wrong      string   `json:"wrong"`
	Cause      string   `json:"cause"`
	Policy     string   `json:"policy"`
	Sources    []string `json:"sources"`
}

// writeClaims writes what a biller sends to the vendor's support: a text, and with
// --file a workbook and the text beside it.
func writeClaims(c *console, path string, ids []string, filter jobs.BreakFilter, file string, asJSON bool) error {
	base, isBook := strings.CutSuffix(file, ".xlsx")
	if file != "" && (!isBook || base == "") {
		return usageError{"--file names a workbook, like claim.xlsx"}
	}
	claims, err := jobs.Claims(path, ids, filter)
	if err != nil {
		return err
	}
	if file != "" && len(claims.Claims) > 0 {
		if err := keepClaims(claims, base); err != nil {
			return err
		}
	}
	switch {
	case asJSON:
		return writeJSON(c, claimsForPrograms(claims.Claims))
	case len(claims.Claims) == 0:
		_, err = fmt.Fprintln(c.stdout, "there is nothing to claim")
	case file != "":
		_, err = fmt.Fprintf(c.stdout, "%s in %s.xlsx, and as a text for the vendor's support in %s.txt\n", invoicing.Counted(len(claims.Claims), "claim", "claims"), base, base)
	default:
		_, err = fmt.Fprint(c.stdout, claims.Text())
	}
	return err
}

// keepClaims writes the workbook and the text.
func keepClaims(claims *exporters.Claims, base string) error {
	var book bytes.Buffer
	if err := claims.Workbook(&book); err != nil {
		return err
	}
	return writeNew(newFile{base + ".xlsx", book.Bytes()}, newFile{base + ".txt", []byte(claims.Text())})
}

func claimsForPrograms(claims []reconcile.Claim) []claimJSON {
	out := []claimJSON{}
	for i := range claims {
		x := &claims[i]
		j := claimJSON{x.Break, x.Order, x.Account, x.Quantity, x.Action, append([]string{}, x.Requests...), x.Expected.String(), x.Credited.String(),
			x.Difference.String(), x.Wrong(), x.Cause, x.Policy, []string{}}
		for _, s := range x.Sources {
			j.Sources = append(j.Sources, s.URL)
		}
		out = append(out, j)
	}
	return out
}
