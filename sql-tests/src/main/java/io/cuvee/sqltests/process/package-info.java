/// Every role as a process of its own, through the real script.
@NullMarked
package io.cuvee.sqltests.process;

import org.jspecify.annotations.NullMarked;
