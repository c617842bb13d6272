package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Open reads a file whole: a CSV file is one table, a workbook has one per sheet
// that is not empty, a JSON file one of its items. The container is told by the content, never by the name.
// What is wrong with the file is a Problem; an error is one of reading.
func Open(r io.ReaderAt, size int64, score Score) ([]Table, *Problem, error) {
	tables, problem, err := openContainer(r, size, score)
	if len(tables) > MaxTables {
		return nil, &Problem{"TooManyTables", "", "at most 1,000 tables in a file", "put the rows below one header, or split the file into several"}, err
	}
	return tables, problem, err
}

func openContainer(r io.ReaderAt, size int64, score Score) ([]Table, *Problem, error) {
	head := make([]byte, min(size, 8))
	if err := readFull(r, head, 0); err != nil {
		return nil, nil, err
	}
	limit, isBook := int64(MaxWhole), bytes.HasPrefix(head, []byte("PK"))
	if isBook {
		limit = MaxBook
	}
	if size > limit {
		return nil, &Problem{"FileTooLarge", "", fmt.Sprintf("at most %d MiB", limit>>20), "split the file into several"}, nil
	}
	if isBook {
		return openWorkbook(r, size, score)
	}
	if p, err := otherContainer(r, size, head); p != nil || err != nil {
		return nil, p, err
	}
	b := make([]byte, size)
	if err := readFull(r, b, 0); err != nil {
		return nil, nil, err
	}
	if isJSON(b) {
		tables, problem := openJSON(b)
		return tables, problem, nil
	}
	tables, problem := openCSV(b, score)
	return tables, problem, nil
}

func readFull(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("reading the file: %w", err)
	}
	return nil
}
