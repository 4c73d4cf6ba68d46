// Package archtest holds the plan of the house, as tables to read (house_test.go) and
// tests that hold the code to it: who may import whom, which libraries, what no
// package may do. It holds nothing but tests, and nobody imports it.
package archtest
