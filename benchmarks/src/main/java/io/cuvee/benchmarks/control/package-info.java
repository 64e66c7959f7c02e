/// The control plane with very many segments and servers: what it takes, and where it would break.
@NullMarked
package io.cuvee.benchmarks.control;

import org.jspecify.annotations.NullMarked;
