using ClusterClient.Configuration;
using Microsoft.Extensions.Options;

namespace ClusterClient.DependencyInjection;

/// <summary>Says everything at once that is wrong with one cluster: with its section, with what code says of it, and with both together.</summary>
internal sealed class ClusterValidation(ClusterRegistration registration, IServiceProvider services) : IValidateOptions<ClusterDataSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterDataSourceOptions options)
    {
        if (name != registration.Name)
        {
            return ValidateOptionsResult.Skip;
        }

        List<SettingError> errors = [];
        errors.AddRange(registration.Prepare(services, options, errors).Check());
        return errors.Count == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(errors.Select(e => e.Under(registration.Source)));
    }
}
