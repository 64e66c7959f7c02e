/// From a query and its segments to units of work, and from those to one answer.
@NullMarked
package io.cuvee.engine.plan;

import org.jspecify.annotations.NullMarked;
