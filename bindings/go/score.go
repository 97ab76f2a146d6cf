// SPDX-License-Identifier: MIT

// libkam from Go: fits a book and scores each of its accounts.
//
//	CGO_CFLAGS=-I$PWD/include CGO_LDFLAGS="-L$PWD/build/lib -lkam" go run bindings/go/score.go bindings/book.csv
package main

/*
#include <kam/kam.h>
*/
import "C"

import (
	"encoding/csv"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"strconv"
	"unsafe"
)

const fields = C.sizeof_kam_account / 8

// An empty field is not known.
func read(path string) (names []string, book [][fields]float64) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range rows[1:] {
		var account [fields]float64
		for i := range account {
			account[i] = math.NaN()
			if i+1 < len(row) && row[i+1] != "" {
				account[i], _ = strconv.ParseFloat(row[i+1], 64)
			}
		}
		names, book = append(names, row[0]), append(book, account)
	}
	return names, book
}

var diag C.kam_diag

func must(status C.kam_status) {
	if status != C.KAM_OK {
		log.Fatal(C.GoString(&diag.argument[0]), " ", C.GoString(&diag.message[0]))
	}
}

func main() {
	names, book := read(os.Args[1])
	var pin runtime.Pinner // C keeps addresses of Go memory in its structs
	defer pin.Unpin()
	pin.Pin(&book[0])
	record := func(i int) *C.kam_account { return (*C.kam_account)(unsafe.Pointer(&book[i])) }
	var all C.kam_accounts
	var models C.kam_models
	diag.struct_size = C.sizeof_kam_diag
	all.struct_size = C.sizeof_kam_accounts
	models.struct_size = C.sizeof_kam_models
	must(C.kam_accounts_of(record(0), C.sizeof_kam_account, C.int64_t(len(book)), &all))
	must(C.kam_fit(&all, 1, nil, nil, &models, nil, &diag))
	var tier C.int32_t
	var value, risk C.double
	var why [4]C.kam_reason
	var text [160]C.char
	for _, one := range []any{&tier, &value, &risk, &why} {
		pin.Pin(one)
	}
	scores := C.kam_scores{struct_size: C.sizeof_kam_scores, tier: &tier, lifetime_value: &value, churn_risk: &risk,
		reasons: &why[0]}
	for i, name := range names {
		must(C.kam_score_one(record(i), C.sizeof_kam_account, &models, nil, C.KAM_NO_DAY, &scores, &diag))
		must(C.kam_reason_text(&why[1], C.KAM_EN, &text[0], C.uint64_t(len(text)), &diag))
		fmt.Printf("%s %d %016x %016x %.6f %s\n", name, tier, math.Float64bits(float64(value)),
			math.Float64bits(float64(risk)), float64(risk), C.GoString(&text[0]))
	}
}
