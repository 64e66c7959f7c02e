package io.cuvee.controller.task;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/// When tasks are made: a cron expression in the form of Quartz, in UTC. Immutable.
final class Schedule {
  private final ExecutionTime times;

  private Schedule(ExecutionTime times) {
    this.times = times;
  }

  /// @throws CuveeException `INVALID_TABLE` if it is none
  static Schedule parse(TableConfig table, String type, String cron) {
    try {
      CronParser parser =
          new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ));
      return new Schedule(ExecutionTime.forCron(parser.parse(cron)));
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + table.logicalName()
              + "': the schedule '"
              + cron
              + "' of "
              + type
              + " is not a cron expression as Quartz has them ("
              + e.getMessage()
              + "). Daily at two it is: 0 0 2 * * ?",
          e);
    }
  }

  /// The first time after a moment; empty if there is none.
  Optional<Instant> after(Instant moment) {
    return times.nextExecution(moment.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toInstant);
  }
}
