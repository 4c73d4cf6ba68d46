// Enhancements of pages that work without them.
import './suggest.js'
import './table.js'
import './small.js'
