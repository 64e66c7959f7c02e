/// Rows over HTTP: which servers hold the log of a partition, and how rows come into it.
@NullMarked
package io.cuvee.controller.rows;

import org.jspecify.annotations.NullMarked;
