/// One query from its text to its pages: admission, plan, execution, limits, what it cost.
@NullMarked
package io.cuvee.broker.query;

import org.jspecify.annotations.NullMarked;
