/// From a statement's text to a [PlannedStatement]: the planner's front door.
@NullMarked
package io.cuvee.calcite.plan;

import org.jspecify.annotations.NullMarked;
