/// Settings of a process, from files, system properties and the environment.
@NullMarked
package io.cuvee.common.config;

import org.jspecify.annotations.NullMarked;
