// Package api is the public interface for programs, /api/v1: territories, members,
// relations, history, outlines, indicators, search and places by position, as JSON,
// GeoJSON, CSV and Parquet, described by an OpenAPI document made from the code and
// by a page made from that document. The drop-in for the State's API Géo is in
// api/geo.
//
// It owns the form of answers and nothing of what they say: rules are those of
// territory, indicator, snapshot and atlas. It may not touch the database nor other
// pages.
package api
