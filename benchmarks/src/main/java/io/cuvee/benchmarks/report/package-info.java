/// What a benchmark found, on the screen and as JSON.
@NullMarked
package io.cuvee.benchmarks.report;

import org.jspecify.annotations.NullMarked;
