/// The broker's columnar operators over [io.cuvee.common.plan.PlanNode].
@NullMarked
package io.cuvee.execution.operator;

import org.jspecify.annotations.NullMarked;
