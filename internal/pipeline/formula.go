package pipeline

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"
)

// formula is arithmetic over columns: + - * / and parentheses, numbers, columns
// named source.column, where a hyphen of a name is written _, and first(a, b),
// which is a, or b where a is missing. It is read by Go's own parser.
type formula struct {
	text    string // in one form, whatever the spaces it was written with
	root    ast.Expr
	columns []columnName // those it names, each once
}

// columnName is a column as a formula writes it.
type columnName struct{ source, column string }

func (n columnName) String() string { return n.source + "." + n.column }

// deepest bounds the nesting of a formula.
const deepest = 40

func parseFormula(text string) (formula, error) {
	root, err := parser.ParseExpr(text)
	if err != nil {
		return formula{}, fmt.Errorf("formula %q is not arithmetic over source.column", text)
	}
	f := formula{root: root}
	if err := f.check(root, 0); err != nil {
		return formula{}, fmt.Errorf("formula %q: %w", text, err)
	}
	var b strings.Builder
	write(&b, root)
	f.text = b.String()
	return f, nil
}

func (f *formula) check(e ast.Expr, depth int) error {
	if depth > deepest {
		return fmt.Errorf("too many operations inside one another")
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.check(e.X, depth+1)
	case *ast.BinaryExpr:
		if !slices.Contains([]token.Token{token.ADD, token.SUB, token.MUL, token.QUO}, e.Op) {
			return fmt.Errorf("%s is not one of + - * /", e.Op)
		}
		if err := f.check(e.X, depth+1); err != nil {
			return err
		}
		return f.check(e.Y, depth+1)
	case *ast.CallExpr:
		if name, ok := e.Fun.(*ast.Ident); !ok || name.Name != "first" || len(e.Args) != 2 {
			return fmt.Errorf("the only function is first(a, b)")
		}
		if err := f.check(e.Args[0], depth+1); err != nil {
			return err
		}
		return f.check(e.Args[1], depth+1)
	case *ast.BasicLit:
		if _, err := strconv.ParseFloat(e.Value, 64); err != nil {
			return fmt.Errorf("%s is not a number", e.Value)
		}
		return nil
	case *ast.SelectorExpr:
		if source, ok := e.X.(*ast.Ident); ok {
			if n := (columnName{source.Name, e.Sel.Name}); !slices.Contains(f.columns, n) {
				f.columns = append(f.columns, n)
			}
			return nil
		}
	}
	return fmt.Errorf("only numbers, columns written source.column, + - * /, first(a, b) and parentheses are read")
}

// write gives every formula of the same shape the same text.
func write(b *strings.Builder, e ast.Expr) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		b.WriteByte('(')
		write(b, e.X)
		b.WriteByte(')')
	case *ast.BinaryExpr:
		write(b, e.X)
		b.WriteString(" " + e.Op.String() + " ")
		write(b, e.Y)
	case *ast.CallExpr:
		b.WriteString("first(")
		write(b, e.Args[0])
		b.WriteString(", ")
		write(b, e.Args[1])
		b.WriteByte(')')
	case *ast.BasicLit:
		b.WriteString(e.Value)
	case *ast.SelectorExpr:
		b.WriteString(e.X.(*ast.Ident).Name + "." + e.Sel.Name)
	}
}

// values computes the formula, unit by unit. What is missing in a column is
// missing in the result; so is what is divided by zero.
func (f formula) values(column func(columnName) ([]float64, error), n int) ([]float64, error) {
	return valuesOf(f.root, column, n)
}

func valuesOf(e ast.Expr, column func(columnName) ([]float64, error), n int) ([]float64, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return valuesOf(e.X, column, n)
	case *ast.SelectorExpr:
		v, err := column(columnName{e.X.(*ast.Ident).Name, e.Sel.Name})
		return slices.Clone(v), err
	case *ast.BasicLit:
		x, err := strconv.ParseFloat(e.Value, 64)
		if err != nil {
			return nil, err
		}
		return slices.Repeat([]float64{x}, n), nil
	case *ast.CallExpr:
		a, b, err := bothOf(e.Args[0], e.Args[1], column, n)
		if err != nil {
			return nil, err
		}
		for i := range a {
			if math.IsNaN(a[i]) {
				a[i] = b[i]
			}
		}
		return a, nil
	case *ast.BinaryExpr:
		a, b, err := bothOf(e.X, e.Y, column, n)
		if err != nil {
			return nil, err
		}
		for i := range a {
			switch e.Op {
			case token.ADD:
				a[i] += b[i]
			case token.SUB:
				a[i] -= b[i]
			case token.MUL:
				a[i] *= b[i]
			default:
				a[i] /= b[i]
			}
			if math.IsInf(a[i], 0) {
				a[i] = math.NaN()
			}
		}
		return a, nil
	}
	return nil, fmt.Errorf("this formula was not checked")
}

func bothOf(x, y ast.Expr, column func(columnName) ([]float64, error), n int) (a, b []float64, err error) {
	if a, err = valuesOf(x, column, n); err != nil {
		return nil, nil, err
	}
	b, err = valuesOf(y, column, n)
	return a, b, err
}
