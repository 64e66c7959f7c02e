/// Makes background tasks, by schedule or on demand, and sees to it that minions end them.
@NullMarked
package io.cuvee.controller.task;

import org.jspecify.annotations.NullMarked;
